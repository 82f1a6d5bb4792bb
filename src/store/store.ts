import type { Moment } from '../clock.ts';
import type {
  ActiveState,
  CheckResult,
  CriterionVerdict,
  Health,
  Outcome,
  Phase,
  Reachability,
  Result,
  RunState,
  Severity,
  Verdict,
} from '../lifecycle/states.ts';
import type { Room } from './room.ts';

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

interface LeaseTerms extends Moment {
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

export interface CheckRecord {
  phase: Phase;
  /** Order inside the phase, from 0. */
  position: number;
  kind: 'check' | 'action';
  name: string;
  status: 'pending' | 'claimed' | 'settled';
  result: CheckResult | null;
  expected: string | null;
  observed: string | null;
  message: string | null;
  seconds: number | null;
}

export type CheckSettlement = Pick<CheckRecord, 'expected' | 'observed' | 'message' | 'seconds'> & { result: CheckResult };

export interface CriterionRecord {
  name: string;
  verdict: CriterionVerdict;
  severity: Severity;
  expected: string | null;
  observed: string | null;
  message: string | null;
}

export interface FlagRecord {
  color: 'red' | 'yellow' | 'green';
  text: string;
  hint: string | null;
  expected: boolean;
  count: number;
  firstAt: number;
  lastAt: number;
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
}

export interface HostClaim {
  host: string;
  worker: number;
  machine: string;
  claimedAt: number;
  releasedAt: number | null;
}

/**
 * All that one look at one worker brought, stored in one transaction with the offsets it was read to. Wherever something read is filed by `worker`,
 * that is the target's position in the run.
 */
export interface Batch {
  observedAt: number;
  worker: number;
  /** Of the run's present attempt. */
  workerState?: { state: string; pid: number | null; exitCode: number | null; incarnation: string | null };
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
  /** Without a detail of its own it gets `{ from, to }`. */
  event: NewEvent;
  attempt?: number;
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
  offsets: OffsetRecord[];
  event: NewEvent;
}

/**
 * What fleet remembers. Guarded writes take a lease and return whether the write landed; false means that somebody else drives the run now,
 * or that the record had already moved on, and the recorded one wins.
 */
export interface Store {
  createRun(run: NewRun, event: NewEvent): void;
  readRun(id: string): RunRecord | null;
  /** Every run whose id starts so, newest first; the one whose whole id it is, alone. */
  findRuns(prefix: string): RunRecord[];
  /** Newest first. Active ones always; ended ones when they ended at or after `endedSince`, all when it is null. */
  listRuns(endedSince: number | null): RunRecord[];
  activeRuns(): RunRecord[];

  /** Refused while a live owner holds it, unless `takeOver`. A dead owner on this machine, or an expired one elsewhere, is replaced. */
  takeLease(run: string, owner: Owner, terms: LeaseTerms): LeaseAnswer;
  /** Also when it has expired, as long as nobody has replaced it. */
  renewLease(lease: Lease, terms: Moment & { ttlMs: number }): boolean;
  releaseLease(lease: Lease): boolean;
  /** Whoever would be named if the lease were asked for now, or null: released, expired, or known dead on this machine. */
  holder(run: string, moment: Moment): { owner: Owner; since: number } | null;

  /** Only out of one of the states in `from`; a result never changes. */
  transition(lease: Lease, transition: Transition): boolean;
  /** Being reachable is also a look that succeeded: it moves `observedAt`. */
  recordReachability(
    lease: Lease,
    reachability: Reachability,
    at: number,
    event: NewEvent | null,
    nextTryAt?: number | null,
  ): boolean;
  recordWorker(lease: Lease, worker: WorkerRecord, event: NewEvent | null): boolean;
  recordEvent(lease: Lease, event: NewEvent): boolean;
  recordHealth(lease: Lease, health: Health, event: NewEvent): boolean;
  /** Filed by attempt, worker, source and path. */
  recordOffsets(lease: Lease, offsets: OffsetRecord[]): boolean;
  recordBatch(lease: Lease, batch: Batch): boolean;

  /** Writes the ordered lists of the plan once; repeated calls change nothing. */
  planChecks(lease: Lease, checks: Pick<CheckRecord, 'phase' | 'position' | 'kind' | 'name'>[]): boolean;
  /** Only while not settled. A claim that an earlier owner left may be taken again: look at `status` before, to adopt what it started. */
  claimCheck(lease: Lease, phase: Phase, position: number): boolean;
  /** Only while claimed and not settled: the first recorded result wins. */
  settleCheck(lease: Lease, phase: Phase, position: number, settlement: CheckSettlement, event: NewEvent): boolean;

  readChecks(run: string): CheckRecord[];
  readWorkers(run: string): WorkerRecord[];
  readCriteria(run: string): CriterionRecord[];
  readFlags(run: string): FlagRecord[];
  readProgress(run: string): ProgressRecord | null;
  readOffsets(run: string): OffsetRecord[];
  /** In the order of the file: attempt, worker, source, generation, position. The store may be written to meanwhile. */
  readSamples(run: string, source: string | null): Iterable<SampleRow>;
  readEvents(run: string, afterId: number, limit: number): EventRecord[];

  /** A run of a store that was lost, as its host has kept it. False when the run is known here already. */
  importRun(imported: ImportedRun): boolean;

  recordHostClaim(lease: Lease, claim: HostClaim): boolean;
  readHostClaims(run: string): HostClaim[];
  /** Launches that ended before a time, on a host by the name it has here, whose folders there have not been taken away yet. */
  listUnswept(host: string, endedBefore: number): string[];
  recordSwept(runs: readonly string[], at: number): void;
  /** The facts of a worker that were recorded last, as JSON. */
  recordFacts(host: string, worker: number, facts: string, at: number): void;
  readFacts(host: string, worker: number): { facts: unknown; at: number } | null;

  /** All that `work` writes, or nothing of it. */
  together<T>(work: () => T): T;
  /** A copy in memory, made because the disk is too full to look at the store itself: it shows how things stood when it was opened. */
  readonly isCopy: boolean;
  /** Room on the disk that the store is on; null where the system does not tell. */
  readRoom(): Room | null;
  /** All reads of `work` see the same moment; it must not write. */
  snapshot<T>(work: () => T): T;
  close(): void;
}
