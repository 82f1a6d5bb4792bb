import type { Owner } from './records.ts';

/**
 * - `waiting`: for whatever `queue explain` says. `queue add` and `queue release` put it there, and the end of a run that had to yield.
 * - `held`: until a person releases it.
 * - `running`: a run was made for it, in the same transaction. What becomes of that run takes it out; a crash leaves a run that is taken up again.
 * - `done`, `failed`, `removed`: over. `queue retry` alone takes one of `failed` out.
 */
export type EntryState = 'waiting' | 'held' | 'running' | 'done' | 'failed' | 'removed';

/** How the entry before must have ended: with success, in any way, without success. */
export type AfterWants = 'ok' | 'any' | 'fail';

/** What becomes of the others of its batch when an entry has failed: they go on, or are held. */
export type OnFailure = 'go-on' | 'stop';

/** Of all runs of a batch together. Null: no limit. */
export interface BatchBudget {
  seconds: number | null;
  cost: number | null;
}

/** What a run has to end for: the time to yield, or the end of the budget. */
export type Yielding = 'night' | 'budget';

export interface NewEntry {
  id: string;
  /** What tells it from every other: the playbook, its point, its params and its host. */
  name: string;
  playbook: string;
  point: string | null;
  /** As launch takes it. */
  host: string;
  /** The names that it stood for when the entry was added. */
  hosts: string[];
  params: Record<string, string>;
  /** What else launch is asked, as JSON; the store does not look inside. */
  asked: string;
  sweep: string | null;
  schedule: string | null;
  /** Those that one command has added have the same. */
  batch: string;
  onFailure: OnFailure;
  budget: BatchBudget | null;
  /** The highest first. */
  priority: number;
  after: { entry: string; wants: AfterWants } | null;
  /** Minutes after midnight. */
  mayStart: { from: number; to: number } | null;
  yieldBy: number | null;
  zone: string;
  /** Whether a later run can go on from a checkpoint of an earlier one. */
  canGoOn: boolean;
  /** How often it is tried again after a failure. */
  retries: number;
  state: 'waiting' | 'held';
  addedAt: number;
}

/** Without `asked`: only its launch goes by that, and a list is read often. */
export interface EntryRecord extends Omit<NewEntry, 'state' | 'asked'> {
  /** Grows with time. */
  number: number;
  state: EntryState;
  /** Sentence for a person: why it is where it is; null when there is nothing to add. */
  reason: string | null;
  notBefore: number | null;
  yieldsAt: number | null;
  yielding: Yielding | null;
  failures: number;
  /** How many rungs of the ladder were taken, the params that they have changed, and how many of `runs` were made before that. */
  rung: number;
  runsBefore: number;
  changed: Record<string, string>;
  endedAt: number | null;
  /** In the order in which they were made; the last one is its run now. */
  runs: string[];
}

/** What a look at the queue goes by. */
export type QueuedEntry = Pick<
  EntryRecord,
  | 'id'
  | 'playbook'
  | 'point'
  | 'hosts'
  | 'after'
  | 'mayStart'
  | 'yieldBy'
  | 'zone'
  | 'canGoOn'
  | 'state'
  | 'reason'
  | 'notBefore'
  | 'runs'
  | 'runsBefore'
>;

/** What is left out stays as it is. */
export interface EntryChange {
  from: readonly EntryState[];
  to: EntryState;
  reason: string | null;
  at: number;
  notBefore?: number | null;
  yieldsAt?: number | null;
  yielding?: Yielding | null;
  failures?: number;
  rung?: number;
  runsBefore?: number;
  changed?: Record<string, string>;
  budget?: null;
}

/** What the runs of a batch have taken so far, from the start of each job on. */
export interface BatchSpent {
  seconds: number;
  cost: number;
  /** Of the jobs that run now. */
  running: number;
  perHour: number;
}

/** What is done about times that passed while nobody was there: nothing, one for all of them, one for each. */
export type CatchUp = 'skip' | 'once' | 'all';
/** Whether what a schedule adds may wait behind what it added before. */
export type Overlap = 'skip' | 'queue';

export interface ScheduleRecord {
  name: string;
  cron: string;
  zone: string;
  /** Of `fleet queue add`. */
  words: string[];
  /** Where they were said. */
  folder: string;
  catchUp: CatchUp;
  overlap: Overlap;
  addedAt: number;
  /** Times up to this one were seen to. */
  seenTo: number;
}

export interface DaemonRecord {
  owner: Owner;
  /** `daemon`, `queue run`. */
  what: string;
  since: number;
  lookedAt: number;
}

/** The right to see to the queue. */
export interface QueueLease {
  /** Grows by one with every new owner. */
  queueToken: number;
}
