import type { Range } from '../language/range.ts';
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

interface TextPattern {
  source: string;
  groups: string[];
}

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
}

export interface Monitor {
  metrics: MetricSource[];
  /** Globs of further logs, searched for flags. Left out in the plans of an older fleet. */
  logs?: string[];
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
