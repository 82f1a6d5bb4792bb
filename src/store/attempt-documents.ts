import { rfc3339, rfc3339OrNull } from '../clock.ts';
import type { CheckpointRecord, DutyRecord, TryEnding, TryRecord } from './attempt-records.ts';

/** One attempt as `--json` shows it. */
export interface AttemptDocument {
  attempt: number;
  profile: string | null;
  degraded: boolean;
  because: string | null;
  checkpoint: string | null;
  begunAt: string;
  endedAt: string | null;
  lastStep: number | null;
  ending: TryEnding | null;
}

export type CheckpointDocument = Pick<
  CheckpointRecord,
  'worker' | 'path' | 'attempt' | 'step' | 'size' | 'state' | 'message' | 'sha256' | 'metric' | 'backUp'
> & { foundAt: string; backedUpAt: string | null };

export type DutyDocument = Pick<DutyRecord, 'name' | 'due' | 'state' | 'observed' | 'message' | 'by'> & {
  dueAt: string | null;
  at: string | null;
};

export function describeTry(record: TryRecord): AttemptDocument {
  return { ...record, begunAt: rfc3339(record.begunAt), endedAt: rfc3339OrNull(record.endedAt) };
}

export function describeCheckpoint(checkpoint: CheckpointRecord): CheckpointDocument {
  return { ...checkpoint, foundAt: rfc3339(checkpoint.foundAt), backedUpAt: rfc3339OrNull(checkpoint.backedUpAt) };
}

export function describeDuty({ name, due, state, observed, message, by, dueAt, at }: DutyRecord): DutyDocument {
  return { name, due, state, observed, message, by, dueAt: rfc3339OrNull(dueAt), at: rfc3339OrNull(at) };
}
