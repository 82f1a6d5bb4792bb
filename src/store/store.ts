import type { Moment } from '../clock.ts';
import type { Health, Phase, Reachability } from '../lifecycle/states.ts';
import type { CheckRecord, CheckSettlement, Quarantine, Remembered } from './check-records.ts';
import type {
  Owner,
  Lease,
  LeaseTerms,
  LeaseAnswer,
  NewRun,
  RunRecord,
  WorkerRecord,
  CriterionRecord,
  FlagRecord,
  ProgressRecord,
  EventRecord,
  NewEvent,
  OffsetRecord,
  SampleRow,
  HostClaim,
  Batch,
  Transition,
  ImportedRun,
} from './records.ts';
import type { CheckpointRecord, DutyRecord, TryRecord } from './attempt-records.ts';
import type {
  BatchBudget,
  BatchSpent,
  DaemonRecord,
  EntryChange,
  EntryRecord,
  EntryState,
  NewEntry,
  QueuedEntry,
  QueueLease,
  ScheduleRecord,
} from './queue-records.ts';
import type { Outbox } from './outbox-records.ts';
import type { Room } from './room.ts';

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
  /** Whether whoever drove it last has left it, and knew so. */
  isGivenBack(run: string): boolean;

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

  /** Filed by attempt: what is known of one grows. */
  recordTry(lease: Lease, record: TryRecord): boolean;
  /** In the order of the attempts. */
  readTries(run: string): TryRecord[];
  recordCheckpoint(lease: Lease, checkpoint: CheckpointRecord, event: NewEvent | null): boolean;
  /** In the order in which they were first seen. */
  readCheckpoints(run: string): CheckpointRecord[];
  /** Writes the duties of the plan once; repeated calls change nothing. */
  planDuties(lease: Lease, duties: Pick<DutyRecord, 'position' | 'name' | 'due' | 'dueAt'>[]): boolean;
  /** What the controller finds. One that is settled stays as it is. */
  recordDuty(lease: Lease, duty: DutyRecord, event: NewEvent | null): boolean;
  /** What a person says, whoever drives the run. False when it is settled already, or there is no such duty. */
  settleDuty(run: string, duty: DutyRecord, event: NewEvent): boolean;
  readDuties(run: string): DutyRecord[];

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

  /** What a run saw pass, for the next one. The first one recorded under a key stays. */
  remember(lease: Lease, look: Omit<Remembered, 'run'> & { key: string; name: string }): boolean;
  readRemembered(key: string): Remembered | null;

  /** A host has one at most: false when it was in quarantine already, and that one stays. */
  quarantine(quarantine: Quarantine): boolean;
  /** What was lifted; null when the host was in none. */
  liftQuarantine(host: string, by: string, at: number): Quarantine | null;
  /** Those that hold now, by host. */
  listQuarantines(): Quarantine[];

  recordHostClaim(lease: Lease, claim: HostClaim): boolean;
  readHostClaims(run: string): HostClaim[];
  /** Launches that ended before a time, on a host by the name it has here, whose folders there have not been taken away yet. */
  listUnswept(host: string, endedBefore: number): string[];
  recordSwept(runs: readonly string[], at: number): void;
  /** The facts of a worker that were recorded last, as JSON. */
  recordFacts(host: string, worker: number, facts: string, at: number): void;
  readFacts(host: string, worker: number): { facts: unknown; at: number } | null;

  /** All of them, or none. */
  addEntries(entries: readonly NewEntry[]): void;
  readEntry(id: string): EntryRecord | null;
  readAsked(id: string): string | null;
  /** Every entry whose id starts so. */
  findEntries(prefix: string): EntryRecord[];
  /** In the order of the queue. Those that wait or run always; the others when they ended at or after `endedSince`, all when it is null. */
  listEntries(endedSince: number | null): EntryRecord[];
  /** Those that are not over, in the order of the queue. */
  queuedEntries(): QueuedEntry[];
  /** How many of those that are not over are in each state. */
  countEntries(): ReadonlyMap<EntryState, number>;
  /** Those whose run has not ended, or is to be settled. */
  runningEntries(): EntryRecord[];
  /** False when it is in none of the states in `from`. */
  changeEntry(id: string, change: EntryChange): boolean;
  /** From `waiting` to `running`, with its run, which exists by then. To be written together with that run. False when it does not wait. */
  startEntry(id: string, run: string, start: { reason: string | null; yieldsAt: number | null; at: number }): boolean;

  /** Those of a batch that wait are held. Which they were. */
  holdBatch(batch: string, reason: string, at: number): string[];
  readSpent(batch: string, now: number): BatchSpent;
  /** Whether an entry of the queue has made it. */
  isOfQueue(run: string): boolean;
  /** Of batches that are not over and have one. */
  openBudgets(): { batch: string; budget: BatchBudget }[];

  /** How long the last run of a playbook on a host took that did all of its work, else how long its rate says; best of the same point. Null: there was none. */
  readWorkSeconds(playbook: string, host: string, point: string | null): number | null;

  /** False: there is one of that name. */
  addSchedule(schedule: ScheduleRecord): boolean;
  removeSchedule(name: string): boolean;
  /** By name. */
  listSchedules(): ScheduleRecord[];
  /** False when somebody else has seen to it since `before`. To be written together with what the times brought. */
  recordSeenTo(name: string, before: number, at: number): boolean;

  /** Refused while a live process sees to the queue of this folder. */
  takeQueue(
    owner: Owner,
    what: string,
    terms: Moment & { ttlMs: number },
  ): { taken: true; lease: QueueLease } | { taken: false; holder: DaemonRecord };
  /** A look at the queue is over. False: somebody else sees to it. */
  renewQueue(lease: QueueLease, terms: Moment & { ttlMs: number }): boolean;
  releaseQueue(lease: QueueLease): boolean;
  /** Null: nobody, or nobody who lives. */
  queueHolder(moment: Moment): DaemonRecord | null;
  /** What people are to be told. */
  readonly outbox: Outbox;

  /** Keeps a file of a run beside the store. Returns where it lies; one of that name is replaced. */
  keepFile(run: string, folder: string, name: string, bytes: Buffer): string;

  /** All that `work` writes, or nothing of it. */
  together<T>(work: () => T): T;
  /** A copy in memory, made because the disk is too full to look at the store itself: it shows how things stood when it was opened. */
  readonly isCopy: boolean;
  /** Throws when the file that was opened is no longer where it was: its folder was removed, or put back from a copy. */
  requirePlace(): void;
  /** Room on the disk that the store is on; null where the system does not tell. */
  readRoom(): Room | null;
  /** All reads of `work` see the same moment; it must not write. */
  snapshot<T>(work: () => T): T;
  close(): void;
}
