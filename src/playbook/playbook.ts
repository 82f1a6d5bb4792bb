import type { Range } from '../language/range.ts';
import type { Window } from '../language/window.ts';
import type { Severity } from '../lifecycle/states.ts';
import type { Entry } from './entries/entry.ts';
import type { Scalar } from './fields.ts';
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
  /** Wall clock, kept by the guard on the host. */
  timeLimitSeconds: number | null;
  /** What the guard on the host keeps besides, with or without a controller. Left out in the plans of an older fleet. */
  guard?: GuardRules;
}

export interface GuardRules {
  /** No new line with `contains` in `file` for so long: the job is stopped. A line of a watchdog does not count. */
  stall: { file: string; contains: string; noNewLineSeconds: number; firstLineSeconds: number } | null;
  /** Less than this free at `path`: the job is stopped. */
  disk: { path: string; freeBytes: number } | null;
}

export type MetricSource =
  /** `columns` null: the first line names them. */
  | { kind: 'csv'; name: string; path: string; columns: string[] | null; step: string }
  /** `when` is CEL over the record: others are kept, and do not count as progress. */
  | { kind: 'jsonl'; name: string; path: string; step: string | null; when: string | null }
  | { kind: 'accelerators'; name: string; everySeconds: number };

export type MonitorAction = 'notify' | 'stack-dump' | 'halt';

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
}

export interface Monitor {
  metrics: MetricSource[];
  /** Further names of a series, by its name `source.column`. Left out in the plans of an older fleet. */
  aliases?: Record<string, string[]>;
  /** Sources that another run has written, read from their beginning. Left out in the plans of an older fleet. */
  references?: string[];
  /** Runs of the store that this one is compared with: a metric of each, under a name of its own. Left out in the plans of an older fleet. */
  earlierRuns?: { name: string; run: string; metric: string }[];
  /** `source.column` of what counts as progress. */
  progress: { source: string; column: string; of: number | null } | null;
  stall: { noProgressSeconds: number; firstStepSeconds: number; then: MonitorAction[] } | null;
  criteria: Criterion[];
  flags: FlagRule[];
  checkpoints: { path: string; every: number | null; size: Range | null } | null;
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
  /** Nothing is begun before its predecessor has passed. */
  strictOrder: boolean;
  prepare: Entry[];
  validate: Entry[];
  launch: Launch | null;
  monitor: Monitor | null;
  verify: Entry[];
}
