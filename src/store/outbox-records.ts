import type { EventRecord } from './records.ts';

export interface NewMessage {
  /** What the receiver knows it by: unique over all stores. */
  id: string;
  channel: string;
  /** A channel is told of one cause once. */
  cause: string;
  run: string | null;
  kind: string;
  /** What it says, as JSON. The store does not look inside. */
  message: unknown;
  createdAt: number;
  notBefore: number;
  expiresAt: number;
}

/**
 * - `pending`: to be sent, now or at `notBefore`. Whoever sends it has claimed it for a time.
 * - `sent`: the receiver took it.
 * - `failed`: the receiver refused it for good, or its time was over.
 * - `withdrawn`: what it was to tell had passed before it was sent.
 */
export type MessageState = 'pending' | 'sent' | 'failed' | 'withdrawn';

export interface MessageRecord extends NewMessage {
  state: MessageState;
  tries: number;
  /** Why the last try failed. */
  reason: string | null;
  settledAt: number | null;
}

interface ClaimTerms {
  /** Those that this process knows how to reach. */
  channels: readonly string[];
  now: number;
  /** The claim counts on the clock of one boot: a claim of another boot is over. */
  boot: string | null;
  sinceBoot: number;
  ttlMs: number;
}

export type Settlement =
  | { kind: 'sent'; at: number }
  | { kind: 'failed'; at: number; reason: string }
  | { kind: 'later'; notBefore: number; reason: string };

/** An entry of the queue was held because something is wrong, or has failed without a run that tells it. */
export interface EntryEvent {
  /** Grows with time. */
  id: number;
  at: number;
  entry: string;
  name: string;
  state: 'held' | 'failed';
  reason: string;
}

export interface Outbox {
  /** Null: nobody has looked for messages yet. `event` is the last one of runs, `entryEvent` the last one of entries. */
  readCursor(): { event: number; entryEvent: number; begunAt: number } | null;
  /** Begins after the last event that there is. False when somebody had begun before. */
  begin(at: number): boolean;
  /** Of all runs, in their order. */
  readEvents(afterId: number, limit: number): EventRecord[];
  moveCursor(event: number): void;
  readEntryEvents(afterId: number, limit: number): EntryEvent[];
  moveEntryCursor(event: number): void;
  /** The last event of each entry that still stands as it says: held, or failed after a time. */
  readStopped(failedSince: number): EntryEvent[];
  /** False: the channel was told, or is to be told, of this cause already. */
  put(message: NewMessage): boolean;
  /** Takes back what of this kind nobody has begun to send yet. */
  withdraw(run: string, kind: string, at: number): void;
  /** The channels that a message of this kind has gone to, or is going to, since it was last withdrawn. */
  readTold(run: string, kind: string): string[];
  /** The next message that may be sent now. One channel sends one message at a time, and rests after a failure. */
  claim(terms: ClaimTerms): MessageRecord | null;
  /** False when the claim had run out and somebody else has it. */
  settle(claimed: MessageRecord, settlement: Settlement): boolean;
  /** Gives up what is too old, and forgets what was settled before a time. */
  tidy(now: number, forgetBefore: number): void;
  /** Pending ones always; settled ones only those of or after a time. In the order in which they were put. */
  list(settledSince: number): MessageRecord[];
}
