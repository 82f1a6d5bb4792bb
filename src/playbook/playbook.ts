import type { Range } from '../language/range.ts';
import type { Entry } from './entries/entry.ts';
import type { Scalar } from './fields.ts';
import type { Monitor } from './monitor/monitor.ts';
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

/** A named experiment: values of params that go together. */
export interface Point {
  description: string | null;
  params: Record<string, Scalar>;
}

/** A point that a sweep runs. */
export interface SweepRun {
  point: string;
  /** Unlike any other of the sweep. */
  runName: string;
}

/** How a job over several workers is held together. */
export interface Gang {
  /** From the first start to the last worker that is ready. */
  withinSeconds: number;
  /** A line of each worker's log that says it is ready, for a linear-time engine. Null: its process is enough. */
  ready: string | null;
  /** What becomes of the others when a worker's job fails. */
  onFailure: 'stop' | 'keep';
  /** Of one worker: WORLD_SIZE counts them. */
  processesPerWorker: number;
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

/** What the queue tries with other params after a failure that the same ones would bring again. */
export interface Ladder {
  /** Classes of failures. */
  on: string[];
  /** Whether the next run goes on from the checkpoints of those before it. */
  from: 'start' | 'checkpoint';
  /** Values of params as `--set` takes them, each rung over those before it. */
  rungs: Record<string, string>[];
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
  /** The one that this is resolved for. Left out, with the next two, in the plans of an older fleet. */
  profile?: string | null;
  /** The experiment that this is resolved for. */
  point?: string | null;
  fallback?: FallbackRules | null;
  /** Nothing is begun before its predecessor has passed. */
  strictOrder: boolean;
  prepare: Entry[];
  validate: Entry[];
  launch: Launch | null;
  /** Several hosts are one run. Null: one run each; a host of several workers is one run all the same. Left out in the plans of an older fleet. */
  gang?: Gang | null;
  /** Left out in the plans of an older fleet. */
  restart?: RestartRules | null;
  /** Left out in the plans of an older fleet. */
  ladder?: Ladder | null;
  monitor: Monitor | null;
  verify: Entry[];
  /** What is done after a failure. Left out in the plans of an older fleet. */
  rollback?: Entry[];
  duties?: Duty[];
}
