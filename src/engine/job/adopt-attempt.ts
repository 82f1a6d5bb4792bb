import type { UnitState } from '../../remote/executor.ts';
import { carryOffsets } from '../attempts/carry-offsets.ts';
import type { Drive } from '../drive.ts';

/** Has the host a newer attempt than the store? Whoever makes the folder of an attempt owns it, and it may have been the guard. */
export function isSuperseded(drive: Drive, { newestAttempt }: UnitState): boolean {
  return newestAttempt !== null && newestAttempt > drive.record().attempt;
}

/** The newest attempt is followed from here on; its files are read from where those of the one before were read to. */
export function adoptAttempt(drive: Drive, { newestAttempt, incarnation }: UnitState): void {
  const { store } = drive.parts;
  const { run } = drive.actor;
  const { attempt: before } = drive.record();
  const [worker] = store.readWorkers(run);
  if (worker === undefined || newestAttempt === null) return;
  carryOffsets(drive, { before, attempt: newestAttempt });
  const event = drive.event('attempt', `attempt ${newestAttempt} was begun on the host; it is followed from here on`, {
    attempt: newestAttempt,
  });
  drive.must(
    store.recordWorker(
      drive.lease,
      { ...worker, attempt: newestAttempt, pid: null, state: 'claimed', exitCode: null, incarnation },
      event,
    ),
  );
}
