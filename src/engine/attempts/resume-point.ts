import type { CheckpointRecord } from '../../store/attempt-records.ts';
import type { Drive } from '../drive.ts';

/** The newest checkpoint that is whole: what the next attempt goes on from. Null: it begins from the start. */
export function findResumePoint(drive: Drive): Promise<CheckpointRecord | null> {
  const whole = drive.parts.store
    .readCheckpoints(drive.actor.run)
    .filter(({ state }) => state === 'valid' || state === 'complete');
  const newest = whole.reduce<CheckpointRecord | null>(
    (best, checkpoint) => (best === null || (checkpoint.step ?? 0) >= (best.step ?? 0) ? checkpoint : best),
    null,
  );
  return Promise.resolve(newest);
}
