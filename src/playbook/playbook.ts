import type { Range } from '../language/range.ts';
import type { Window } from '../language/window.ts';
import type { Severity } from '../lifecycle/states.ts';
import type { Entry } from './entries/entry.ts';
import type { Scalar } from './fields.ts';
import type { formats } from './monitor/metric-schema.ts';
import type { Requirements } from './requires.ts';

type ParamType = 'string' | 'integer' | 'number' | 'boolean';

export interface Param {
  type: ParamType;
  default: Scalar | null;
  min: number | null;
  max: number | null;
  oneOf: Scalar[] | null;
  description: string | null;
}

export interface EnvVariable {
  name: string;
  /** A secret is a reference, resolved on this machine at the last moment; it is never part of a plan. */
  value: { text: string } | { secret: { env: string } | { file: string } };
  critical: boolean;
  /** A secret whose source is missing is left out instead of refusing the launch. */
  optional: boolean;
}

export type HaltMove = { signal: string } | { waitSeconds: number };

export interface Launch {
  command: string;
  /** Relative to the workdir; the job's output is appended. */
  log: string;
  proveEnv: { process: string } | null;
  halt: { sentinel: string | null; graceSeconds: number; then: HaltMove[] };
  stackDump: { signal: string; collect: string | null } | null;
  /** How the job is asked to save now. Left out in the plans of an older fleet. */
  checkpointNow?: { signal: string } | { file: string } | null;
  /** Wall clock, kept by the guard on the host. */
  timeLimitSeconds: number | null;
  /** What the log says when the job is done, for a linear-time engine. This and the next one are left out in the plans of an older fleet. */
  done?: string | null;
  /** What follows when the work is done and the process does not exit. */
  linger?: Linger;
  /** What the guard on the host keeps besides, with or without a controller. Left out in the plans of an older fleet. */
  guard?: GuardRules;
}

export interface Linger {
  afterSeconds: number;
  then: 'notify' | 'halt';
  /** What a run is whose process had to be stopped, and left all that it promised. */
  countsAs: 'failed' | 'succeeded';
}

export interface GuardRules {
  /** No new line with `contains` in `file` for so long: the job is stopped. A line of a watchdog does not count. */
  stall: { file: string; contains: string; noNewLineSeconds: number; firstLineSeconds: number } | null;
  /** Less than this free at `path`: the job is stopped. */
  disk: { path: string; freeBytes: number } | null;
}

/** How a run goes on in another profile, once. */
export interface FallbackRules {
  /** Null: only the trainer falls back, by itself. */
  change: ProfileChange | null;
  /** For a linear-time engine: a line of the log with it says that the trainer has fallen back by itself. */
  byTrainer: string | null;
}

export interface ProfileChange {
  from: string;
  to: string;
  /** Any of these is enough: exit statuses, classes of failures, texts of the log. */
  exits: number[];
  failures: string[];
  texts: string[];
  /** How long the guard on the host waits for a controller to do it. */
  afterSeconds: number;
}

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

export interface Work {
  steps: number | null;
  tokensPerStep: number | null;
  /** Tokens per second. */
  throughput: Range | null;
  /** Seconds. */
  timePerStep: Range | null;
  /** Seconds. */
  duration: Range | null;
  /** Null: all of them. */
  checkpointsKept: number | null;
}

export interface Budget {
  /** Wall clock of preflight and launch together. */
  seconds: number | null;
  /** In the currency of the host. */
  cost: number | null;
}

/** A part of the work, and how long it is expected to take. Entries say which one they belong to. */
export interface Stage {
  name: string;
  seconds: number;
}

/** Something to be seen to after the start, by fleet or a person. */
export interface Duty {
  name: string;
  due: { text: string } & (
    { kind: 'within'; seconds: number } | { kind: 'step'; step: number } | { kind: 'first-checkpoint' | 'end' }
  );
  proof:
    | { kind: 'criteria'; criteria: string[] }
    | { kind: 'checkpoint'; what: 'saved' | 'loaded' | 'backed-up' }
    | { kind: 'person'; ask: string };
}

/** When the job is started again after a failure. */
export interface RestartRules {
  /** Classes of failures, reasons of outcomes, and `exit N`. */
  on: string[];
  /** How often at most. */
  times: number;
  /** Before the first restart, twice as long before each further one, and never longer than the other. */
  delaySeconds: { first: number; longest: number };
  /** Not again after so many attempts in a row without a new checkpoint. Null: no such limit. */
  withoutProgress: number | null;
}

/** A playbook with every param in its place: what a run is planned from. Holds no secret value. */
export interface ResolvedPlaybook {
  name: string;
  description: string | null;
  file: string;
  /** Of the file's bytes. */
  sha256: string;
  params: Record<string, Scalar>;
  work: Work | null;
  /** This and the next two are left out in the plans of an older fleet. */
  budget?: Budget | null;
  stages?: Stage[];
  /** Folders that a reboot may empty, and that the author uses all the same. */
  volatile?: string[];
  requires: Requirements | null;
  /** Relative to the home folder, or absolute; "." when not given. */
  workdir: string;
  setup: string;
  source: { branch: string | null; commit: string | null; clean: boolean } | null;
  env: EnvVariable[];
  /** The one that this is resolved for. Left out, with the next one, in the plans of an older fleet. */
  profile?: string | null;
  fallback?: FallbackRules | null;
  /** Nothing is begun before its predecessor has passed. */
  strictOrder: boolean;
  prepare: Entry[];
  validate: Entry[];
  launch: Launch | null;
  /** Left out in the plans of an older fleet. */
  restart?: RestartRules | null;
  monitor: Monitor | null;
  verify: Entry[];
  /** What is done after a failure. Left out in the plans of an older fleet. */
  rollback?: Entry[];
  duties?: Duty[];
}
