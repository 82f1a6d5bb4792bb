import type { Range } from '../language/range.ts';
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

export type Window = { kind: 'steps'; from: number; to: number } | { kind: 'whole' };

export type MonitorAction = 'notify' | 'stack-dump' | 'halt';

export interface Criterion {
  name: string;
  /** CEL; series are written `source.column`. */
  expr: string;
  window: Window;
  /** A band for the value on the left of the comparison; outside it is yellow, both ways. */
  expected: Range | null;
  severity: Severity;
  then: MonitorAction[];
  line: number | null;
}

export interface FlagRule {
  color: 'red' | 'yellow' | 'green';
  /** For a linear-time engine. */
  pattern: string;
  hint: string | null;
  expected: boolean;
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

export interface Monitor {
  metrics: MetricSource[];
  /** `source.column` of what counts as progress. */
  progress: { source: string; column: string; of: number | null } | null;
  stall: Stall | null;
  criteria: Criterion[];
  flags: FlagRule[];
  checkpoints: { path: string; every: number | null; size: Range | null } | null;
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
