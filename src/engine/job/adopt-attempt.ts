import { isResult } from '../../lifecycle/states.ts';
import { detachedExecutor } from '../../remote/detached/executor.ts';
import type { UnitState } from '../../remote/executor.ts';
import { carryOffsets } from '../attempts/carry-offsets.ts';
import { beginTry, creditGuard, endTry } from '../attempts/record-try.ts';
import type { Drive } from '../drive.ts';
import { gatherEnding } from './gather-ending.ts';
import { jobPlace } from './job.ts';
import { decideOutcome, describeOutcome } from './outcome.ts';

/** Has the host a newer attempt than the store? Whoever makes the folder of an attempt owns it, and it may have been the guard. */
export function isSuperseded(drive: Drive, { newestAttempt }: UnitState): boolean {
  return newestAttempt !== null && newestAttempt > drive.record().attempt;
}

/**
 * The newest attempt is followed from here on, in the profile that it is in; its files are read from where those of the one before were read to. How
 * the one before ended is on the host.
 */
export async function adoptAttempt(drive: Drive, { newestAttempt: attempt, incarnation }: UnitState): Promise<void> {
  const { store } = drive.parts;
  const { run } = drive.actor;
  const [worker] = store.readWorkers(run);
  const { attempt: before, profile: profileBefore, state } = drive.record();
  if (worker === undefined || attempt === null || isResult(state)) return;
  const place = jobPlace(drive);
  const ended = await drive.session.call(detachedExecutor.state(run, place));
  const begun = await drive.session.call(detachedExecutor.state(run, { ...place, attempt }));
  const ending = ended.exitCode === null ? null : await gatherEnding(drive, ended, ended.exitCode);
  const profile = begun.profile ?? profileBefore;
  const byGuard = begun.madeByGuard;
  const text =
    byGuard === null
      ? `attempt ${attempt} was begun on the host; it is followed from here on`
      : `the guard has begun attempt ${attempt} in the profile ${profile ?? ''} (${byGuard.because}); it is followed from here on`;
  store.together(() => {
    if (ending !== null) {
      const said = describeOutcome(decideOutcome(ending), ending.failure?.class ?? null);
      endTry(drive, {
        exitCode: ending.exitCode,
        failure: ending.failure?.class ?? 'exit-status',
        text: said,
        seconds: ended.ranSeconds ?? null,
      });
    }
    carryOffsets(drive, { before, attempt });
    beginTry(drive, { attempt, because: 'begun on the host', profile });
    const fresh = { ...worker, attempt, pid: null, state: 'claimed' as const, exitCode: null, incarnation };
    drive.must(store.recordWorker(drive.lease, fresh, null));
    const event = drive.event('attempt', text, { attempt });
    const to = state === 'lingering' ? 'running' : state;
    drive.transition({ from: [state], to, event, attempt, ...(profile === null ? {} : { profile }) });
    creditGuard(drive, begun);
  });
}
