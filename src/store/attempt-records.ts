/** How one attempt ended, as far as it is known. */
export interface TryEnding {
  exitCode: number | null;
  /** Stable, kebab-case: what the failure is of, `gpu-memory`; null when it did not fail. */
  failure: string | null;
  /** One line for a person. */
  text: string;
  /** How long its job ran, by the clock of its host; null where that is not known. */
  seconds?: number | null;
}

/** One attempt of a run, over all its workers. */
export interface TryRecord {
  attempt: number;
  profile: string | null;
  /** On a profile that is not what was asked for. */
  degraded: boolean;
  /** Why it was begun; null for the first. */
  because: string | null;
  /** Path on the host of the checkpoint that it goes on from. */
  checkpoint: string | null;
  begunAt: number;
  endedAt: number | null;
  lastStep: number | null;
  ending: TryEnding | null;
}

/**
 * - `writing`: seen, and its size still changes.
 * - `complete`: its size stood still over two looks, and its archive, if it is one, has its end.
 * - `valid`: complete, and loaded by the command that the playbook names.
 * - `invalid`: cut off, of a wrong size, or not loaded. Never gone on from.
 * - `removed`: it was there, and is not any more.
 */
type CheckpointState = 'writing' | 'complete' | 'valid' | 'invalid' | 'removed';

export interface CheckpointRecord {
  worker: number;
  /** Relative to the workdir. */
  path: string;
  attempt: number;
  step: number | null;
  size: number;
  foundAt: number;
  state: CheckpointState;
  /** Why it is invalid, or what is odd about it. */
  message: string | null;
  sha256: string | null;
  /** Of the metric that tells the best one. */
  metric: number | null;
  /** Where a copy lies whose checksum is the same. */
  backUp: string | null;
  backedUpAt: number | null;
}

/**
 * - `waiting`: its time has not come, or what it waits for has not happened.
 * - `due`: it is time.
 * - `met`, `failed`: settled, by a check or a person.
 * - `missed`: the run ended before.
 */
export type DutyState = 'waiting' | 'due' | 'met' | 'failed' | 'missed';

/** Something to be seen to in time, by fleet or a person. */
export interface DutyRecord {
  position: number;
  name: string;
  /** As the playbook says: `within 1h`, `at step 5000`. */
  due: string;
  /** Null while it is not known. */
  dueAt: number | null;
  state: DutyState;
  observed: string | null;
  message: string | null;
  /** `user@host` of the person who settled it; null: fleet. */
  by: string | null;
  at: number | null;
}
