import type { Range } from '../language/range.ts';
import type { Size } from '../language/units.ts';
import type { Severity } from '../lifecycle/states.ts';

export type Scalar = string | number | boolean;

type ParamType = 'string' | 'integer' | 'number' | 'boolean';

export interface Param {
  type: ParamType;
  default: Scalar | null;
  min: number | null;
  max: number | null;
  oneOf: Scalar[] | null;
  description: string | null;
}

/** What came later is left out in the plans of an older fleet. */
export interface Requirements {
  accelerators: {
    vendor: 'nvidia' | 'amd' | 'google' | null;
    model: string | null;
    count: number | null;
    /** Of one. */
    memory: Size | null;
    /** Of a TPU slice. */
    topology?: string | null;
    chips?: number | null;
    workers?: number | null;
  } | null;
  /** Version condition, compared by components: `>=3.10`. */
  python: string | null;
  /** Driver version condition, same form; those of CUDA and ROCm too. */
  driver: string | null;
  cuda?: string | null;
  rocm?: string | null;
  disk: { path: string; free: Size; inodes?: number | null } | null;
  /** Of the host. */
  memory?: Size | null;
  cpus?: number | null;
  /** Programs that must be found. */
  tools?: string[];
  /** `host:port` that the host must be able to connect to. */
  network?: string[];
}

export interface EnvVariable {
  name: string;
  /** A secret is a reference, resolved on this machine at the last moment; it is never part of a plan. */
  value: { text: string } | { secret: { env: string } | { file: string } };
  critical: boolean;
  /** A secret whose source is missing is left out instead of refusing the launch. */
  optional: boolean;
}

/** What is expected of a command's answer. All that is given must hold. */
export interface OutputExpectation {
  equals: string | null;
  oneOf: string[] | null;
  contains: string | null;
  matches: string | null;
  /** Regular expression with named groups; numeric captures are numbers in `where`. */
  capture: string | null;
  /** CEL over the captures. */
  where: string | null;
}

export interface Expectation {
  /** Exit status; 0 unless the author said otherwise. */
  exit: number;
  stdout: OutputExpectation | null;
  stderr: OutputExpectation | null;
}

/** What one entry of an ordered list does. */
export type Deed =
  | { kind: 'run'; command: string; expect: Expectation }
  | { kind: 'accelerators-free' }
  | { kind: 'config'; file: string; expect: Record<string, Scalar> }
  | { kind: 'files'; glob: string; count: Range | null; size: Range | null }
  | { kind: 'halt-stale'; match: string }
  | { kind: 'archive'; globs: string[] };

/** A check looks at something, an action changes something. */
export interface Entry {
  kind: 'check' | 'action';
  name: string;
  deed: Deed;
  /** Seconds. Twice this: stop and hand to the person. Null: a short look, held to the time limit of a question. */
  expectedTimeSeconds: number | null;
  /** A failed check of this severity stops the launch (`fail`) or is only told (`warn`). */
  severity: 'fail' | 'warn';
  /** Where it stands in the file, for messages. */
  line: number | null;
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
}

export interface Monitor {
  metrics: MetricSource[];
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
  duration: Range | null;
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
  requires: Requirements | null;
  /** Relative to the home folder, or absolute; "." when not given. */
  workdir: string;
  setup: string;
  source: { branch: string | null; commit: string | null; clean: boolean } | null;
  env: EnvVariable[];
  prepare: Entry[];
  validate: Entry[];
  launch: Launch | null;
  monitor: Monitor | null;
  verify: Entry[];
}
