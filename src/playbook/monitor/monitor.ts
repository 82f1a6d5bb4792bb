import type { Range } from '../../language/range.ts';
import type { Window } from '../../language/window.ts';
import type { Severity } from '../../lifecycle/states.ts';
import type { formats } from './metric-schema.ts';

/** A glob in `path` takes its newest match. `label` is the name in braces of a path: every match is read. Left out in the plans of an older fleet. */
export type MetricSource =
  /** `columns` null: the first line names them. */
  | {
      kind: 'csv';
      name: string;
      path: string;
      columns: string[] | null;
      step: string;
      separator?: string | null;
      label?: string | null;
    }
  /** `when` is CEL over the record: others are kept, and do not count as progress. */
  | { kind: 'jsonl'; name: string; path: string; step: string | null; when: string | null; label?: string | null }
  /** Named groups are columns. */
  | { kind: 'text'; name: string; path: string; patterns: TextPattern[]; step: string | null; label: string | null }
  | { kind: 'format'; name: string; path: string; format: (typeof formats)[number]; step: string; label: string | null }
  /** Read whole. `rows` null: the file is one row. */
  | { kind: 'json'; name: string; path: string; rows: string | null; step: string | null }
  | { kind: 'sqlite'; name: string; path: string; query: string; step: string | null }
  | { kind: 'accelerators'; name: string; everySeconds: number };

export type MonitorAction =
  | 'notify'
  | 'stack-dump'
  | 'checkpoint-now'
  | 'quarantine'
  | 'restart'
  | 'fallback'
  | 'halt'
  | 'give-up'
  /** Shell lines, beside the job. */
  | { run: string; timeoutSeconds: number };

interface TextPattern {
  source: string;
  groups: string[];
}

export interface Criterion {
  name: string;
  /** CEL; series are written `source.column`. */
  expr: string;
  window: Window;
  /** The name of the window, where it is a phase. This and all that may be left out is left out in the plans of an older fleet. */
  phase?: string | null;
  /** A band for the value on the left of the comparison; outside it is yellow, both ways. */
  expected: Range | null;
  /** A wider band; outside it is violated and red. */
  plausible?: Range | null;
  severity: Severity;
  then: MonitorAction[];
  line: number | null;
  /** Readings that are left out at the start of the window. */
  warmUp?: number;
  /** Fewer readings decide nothing. */
  atLeast?: number;
  /** A part of the limit that a value may be past it. */
  margin?: number;
  /** How long a verdict must have held before it counts. */
  hold?: { kind: 'readings'; count: number } | { kind: 'time'; seconds: number } | null;
  /** Judged apart for each value of this column. */
  each?: { source: string | null; column: string } | null;
}

export interface FlagRule {
  color: 'red' | 'yellow' | 'green';
  /** For a linear-time engine. */
  pattern: string;
  hint: string | null;
  expected: boolean;
  /** Left out in the plans of an older fleet. */
  then?: MonitorAction[];
  /** Null: the log. */
  in?: string | null;
}

/** Told beside whatever flag its line of the log raises. */
export interface KnownIssue {
  issue: string;
  url: string | null;
  pattern: string;
  hint: string | null;
}

/** Work without progress that is known. One of `log`, a line that it begins with, and `every`, steps, is given. */
export interface SlowPhase {
  name: string;
  log: string | null;
  every: number | null;
  allowSeconds: number;
}

interface Stall {
  /** With `learns` the least that is allowed. */
  noProgressSeconds: number;
  firstStepSeconds: number;
  then: MonitorAction[];
  /** Between the first steps of an attempt. This and the next two are left out in the plans of an older fleet. */
  compileSeconds?: number | null;
  learns?: boolean;
  slow?: SlowPhase[];
}

/** What a plan of an older fleet leaves out is null. */
export interface CheckpointRules {
  /** A pattern of files or folders; `{step}` stands for the step. */
  path: string;
  /** Steps from one to the next. */
  every: number | null;
  size: Range | null;
  /** The step of the first one; null: `every`. */
  firstAt?: number | null;
  /** Ends with 0 when it has loaded `{checkpoint}`. */
  loads?: { command: string; timeLimitSeconds: number } | null;
  /** A pattern for what `loads` prints when every weight is finite. */
  finite?: string | null;
  backUp?: BackUpPlace | null;
  best?: { source: string; column: string; mode: 'min' | 'max' } | null;
  /** The others are removed from the host. */
  keep?: { last: number; best: number } | null;
}

/** `here`: on this computer; `same`: elsewhere on the run's own host. */
export type BackUpPlace = { kind: 'here' | 'same'; path: string } | { kind: 'host'; host: string; path: string };

export interface Monitor {
  metrics: MetricSource[];
  /** Further names of a series, by its name `source.column`. Left out in the plans of an older fleet. */
  aliases?: Record<string, string[]>;
  /** Sources that another run has written, read from their beginning. Left out in the plans of an older fleet. */
  references?: string[];
  /** Runs of the store that this one is compared with: a metric of each, under a name of its own. Left out in the plans of an older fleet. */
  earlierRuns?: { name: string; run: string; metric: string }[];
  /** Globs of further logs, searched for flags. Left out in the plans of an older fleet. */
  logs?: string[];
  /** `source.column` of what counts as progress. */
  progress: { source: string; column: string; of: number | null } | null;
  stall: Stall | null;
  criteria: Criterion[];
  flags: FlagRule[];
  /** What the job is to run on. Left out in the plans of an older fleet. */
  device?: 'accelerator' | 'cpu' | null;
  /** Before the same cause is answered again. Left out in the plans of an older fleet. */
  cooldownSeconds?: number;
  checkpoints: CheckpointRules | null;
  /** This and what follows is left out in the plans of an older fleet. */
  logSilence?: { seconds: number; color: Severity } | null;
  /** Null counts: whatever has worked before. */
  idle?: { seconds: number; ranks: number | null; accelerators: number | null } | null;
  knownIssues?: KnownIssue[];
  /** Names of built-in patterns that raise no flag. */
  silenced?: 'all' | string[];
}
