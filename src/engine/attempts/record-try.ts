import type { TryEnding, TryRecord } from '../../store/attempt-records.ts';
import type { UnitState } from '../../remote/executor.ts';
import type { Drive } from '../drive.ts';

/** The attempt that the run is on, if it was ever begun. */
export function readTry(drive: Drive): TryRecord | null {
  const { attempt } = drive.record();
  return drive.parts.store.readTries(drive.actor.run).find((record) => record.attempt === attempt) ?? null;
}

/** Writes down that an attempt is begun. What is known of it already stays. */
export function beginTry(drive: Drive, begun: Pick<TryRecord, 'attempt' | 'because'> & Partial<TryRecord>): void {
  const { store, clock } = drive.parts;
  if (store.readTries(drive.actor.run).some(({ attempt }) => attempt === begun.attempt)) return;
  const { profile = drive.record().profile } = begun;
  const degraded = profile !== drive.plan.profile;
  const fresh = { profile, degraded, checkpoint: null, begunAt: clock.now(), endedAt: null, lastStep: null, ending: null };
  drive.must(store.recordTry(drive.lease, { ...fresh, ...begun }));
}

/** Writes down how the present attempt ended. Nothing where none was begun, or where it is known already. */
export function endTry(drive: Drive, ending: TryEnding): void {
  const { store, clock } = drive.parts;
  const record = readTry(drive);
  if (record === null || record.endedAt !== null) return;
  const lastStep = store.readProgress(drive.actor.run)?.step ?? null;
  drive.must(store.recordTry(drive.lease, { ...record, endedAt: clock.now(), lastStep, ending }));
}

/** The present attempt as the guard has made it, if it has: whatever was intended here, its process runs with that. */
export function creditGuard(drive: Drive, { madeByGuard, profile }: UnitState): void {
  const record = readTry(drive);
  if (record === null || madeByGuard === null) return;
  const because = `fallback by the guard: ${madeByGuard.because}`;
  const degraded = profile !== drive.plan.profile;
  drive.must(
    drive.parts.store.recordTry(drive.lease, { ...record, because, profile, degraded, checkpoint: madeByGuard.checkpoint }),
  );
}
