import type { Moment } from '../clock.ts';
import type { FailureClass } from '../lifecycle/failure-classes.ts';
import type { TryRecord } from './attempt-records.ts';
import type {
  ActiveState,
  CriterionVerdict,
  Health,
  Outcome,
  Reachability,
  Result,
  RunState,
  Severity,
  Verdict,
} from '../lifecycle/states.ts';
import type { CheckRecord } from './check-records.ts';

/** Who drives a run. `startedAt` and `bootId` tell a reused pid from the process that took the lease. */
export interface Owner {
  user: string;
  host: string;
  pid: number;
  /** Start time of the process in clock ticks since boot, field 22 of /proc/PID/stat; null where there is no /proc. */
  startTicks: number | null;
  bootId: string | null;
  /** Two containers of one machine may share its name and boot; their pids mean different processes. */
  pidNamespace?: string | null;
}

/** The right to drive a run. Every guarded write carries it, and lands only while its token is the newest. */
export interface Lease {
  run: string;
  /** Grows by one with every new owner. */
  token: number;
}

export interface LeaseTerms extends Moment {
  ttlMs: number;
  takeOver: boolean;
  /** A token that a host has seen: the new one is higher. */
  above?: number;
}

export type LeaseAnswer = { taken: true; lease: Lease; previous: Owner | null } | { taken: false; owner: Owner; since: number };

export interface TargetRecord {
  /** Position in the run, from 0. */
  index: number;
  role: string;
  host: string;
  worker: number;
  address: string | null;
}

export interface NewRun {
  id: string;
  kind: 'launch' | 'validate';
  playbook: string;
  point: string | null;
  profile: string | null;
  executor: string;
  /** The whole plan as JSON; holds no secret value. The store does not look inside. */
  plan: string;
  targets: TargetRecord[];
  perHour: number | null;
  currency: string | null;
  createdAt: number;
}

export interface RunRecord extends Omit<NewRun, 'targets'> {
  state: RunState;
  attempt: number;
  health: Health;
  reachability: Reachability;
  reachabilitySince: number | null;
  /** When a host out of reach is tried again; null while it answers. */
  nextTryAt: number | null;
  /** What the last look at the job means, as a sentence for a person. */
  evidence: string | null;
  /** When the host was last looked at with success. */
  observedAt: number | null;
  verdict: Verdict | null;
  outcome: Outcome | null;
  /** Sentence for a person: why it is blocked, lost, or what waits. */
  message: string | null;
  startedAt: number | null;
  endedAt: number | null;
}

export interface WorkerRecord extends TargetRecord {
  attempt: number;
  pid: number | null;
  /** Words of the host protocol: pending, claimed, running, exited, gone, unknown. */
  state: string;
  exitCode: number | null;
  /** JSON: machine, boot, pid namespace, start of pid 1. */
  incarnation: string | null;
}

/** How a worker stands, in words of the host protocol. */
export type WorkerState = Pick<WorkerRecord, 'state' | 'pid' | 'exitCode' | 'incarnation'>;

export interface CriterionRecord {
  name: string;
  verdict: CriterionVerdict;
  severity: Severity;
  expected: string | null;
  observed: string | null;
  message: string | null;
  /** The attempt that it was judged on. */
  attempt?: number | null;
}

export interface FlagRecord {
  color: 'red' | 'yellow' | 'green';
  text: string;
  hint: string | null;
  expected: boolean;
  count: number;
  firstAt: number;
  lastAt: number;
  /** The class of the failure, when a built-in pattern gave it. */
  failure?: FailureClass | null;
}

export interface ProgressRecord {
  step: number | null;
  of: number | null;
  ratePerSecond: number | null;
  etaSeconds: number | null;
}

export interface EventRecord {
  id: number;
  run: string;
  at: number;
  /** kebab-case: `state`, `check-settled`, `unreachable`, `halt-move`, `flag`, `criterion`, `health`, `taken-over`. */
  kind: string;
  /** One line for a person, already scrubbed of secrets. */
  text: string;
  /** What scripts read; JSON. */
  detail: unknown;
}

export type NewEvent = Pick<EventRecord, 'at' | 'kind' | 'text'> & { detail?: unknown };

/** Where a file has been read to. `source` is `log` or the name of a metric. */
export interface OffsetRecord {
  attempt: number;
  worker: number;
  source: string;
  path: string;
  /** Null until the file was first seen. */
  inode: string | null;
  /** Checksum of the first `headBytes` bytes: the same inode with another head is another file. */
  head: string | null;
  headBytes: number;
  /** Bytes read, always the end of a whole line. */
  offset: number;
  /** Grows when the file was replaced or truncated. */
  generation: number;
}

export interface Sample {
  /** Byte offset of the row in its file (or a counter for sources without a file): with the generation it makes a row unique. */
  position: number;
  step: number | null;
  /** When it was written if the row says so, else when it was read. */
  at: number;
  /** The columns. NaN and Infinity are stored as null. */
  columns: Record<string, unknown>;
}

export interface SampleRow extends Sample {
  attempt: number;
  worker: number;
  source: string;
  generation: number;
}

export interface HostClaim {
  host: string;
  worker: number;
  machine: string;
  claimedAt: number;
  releasedAt: number | null;
}

/**
 * All that one look at the workers of a run brought, stored in one transaction with the offsets it was read to. Wherever something read is filed by
 * `worker`, that is the target's position in the run.
 */
export interface Batch {
  observedAt: number;
  /** Of the run's present attempt; of the workers that have answered. */
  workerStates: (WorkerState & { worker: number })[];
  offsets: OffsetRecord[];
  samples: { source: string; attempt: number; worker: number; generation: number; rows: Sample[] }[];
  /** As they stand now over the whole run: they replace those of the same color, text, hint and expectation. */
  flags: FlagRecord[];
  /** As they stand now: they replace those of the same name. */
  criteria: CriterionRecord[];
  /** What the look means, as a sentence; left out, the last one stays. */
  evidence?: string;
  /** Null keeps what is recorded. */
  progress: ProgressRecord | null;
  health: Health;
  events: NewEvent[];
}

/** What is left out stays as it is. */
export interface Transition {
  from: readonly ActiveState[];
  to: RunState;
  /** Its detail gets `from` and `to` beside its own. */
  event: NewEvent;
  attempt?: number;
  /** The one that the run goes on with. */
  profile?: string;
  verdict?: Verdict;
  /** Its result is `to`. A run that ends without one gets its result and nothing else. */
  outcome?: Outcome & { result: Result };
  message?: string | null;
  /** The first one recorded stays. */
  startedAt?: number;
  /** The time of the event when left out and `to` is a result. */
  endedAt?: number;
}

/** A run that this store knows nothing of. Its `attempt`, `state` and what hangs on them are taken as they are. */
export interface ImportedRun {
  run: NewRun;
  record: Pick<RunRecord, 'attempt' | 'state' | 'health' | 'verdict' | 'outcome' | 'message' | 'startedAt' | 'endedAt'>;
  /** The highest one that a host has seen: the next owner's is higher. */
  token: number;
  workers: WorkerRecord[];
  checks: CheckRecord[];
  criteria: CriterionRecord[];
  flags: FlagRecord[];
  progress: ProgressRecord | null;
  tries: TryRecord[];
  offsets: OffsetRecord[];
  event: NewEvent;
}
