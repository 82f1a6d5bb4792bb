import type { AfterWants, EntryState } from '../store/queue-records.ts';

/** What keeps a host busy: in words, and until about when. */
export interface Busy {
  by: string;
  until: number | null;
}

/** One thing that an entry waits for. Those that wait for the same window or the same host share it. */
export type Wait =
  | { kind: 'held'; entry: string; reason: string | null }
  | { kind: 'after'; entry: string; wants: AfterWants; state: EntryState }
  | { kind: 'later'; at: number; because: string | null }
  | { kind: 'window'; opensAt: number }
  | { kind: 'quarantine'; host: string; reason: string }
  | { kind: 'unusable'; host: string; because: string; until: number }
  | { kind: 'busy'; host: string; by: string; until: number | null }
  | { kind: 'short'; seconds: number | null; yieldsAt: number; opensAt: number }
  | { kind: 'too-long'; seconds: number; nightSeconds: number };
