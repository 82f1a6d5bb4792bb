import type { Drive } from '../drive.ts';
import { endRun } from '../end-run.ts';
import { keepNext } from '../../remote/fallback.ts';
import { takeSentinel } from '../../remote/leftovers.ts';
import { onAll } from '../gang/on-all.ts';
import { keeps, readEventsOf } from '../read-events.ts';
import type { RestartDetail } from './begin-next.ts';
import { carryOffsets } from './carry-offsets.ts';
import { clearAway } from './clear-away.ts';
import { readTry } from './record-try.ts';
import { findResumePoint } from '../checkpoints/resume-point.ts';

/**
 * `restarting`: the attempt before is over, and the next one is intended. Waits for its time, proves that nothing of the earlier ones lives, and finds
 * what to go on from; then the run is `launching`, and the start is that of any attempt. All of it may be done again after a crash.
 */
export async function restartJob(drive: Drive): Promise<void> {
  const { store } = drive.parts;
  const attempt = drive.record().attempt;
  await onAll(drive, (worker) => worker.session.call(keepNext(drive.actor, attemptBefore(worker, attempt))));
  await waitForTurn(drive, attempt);
  await onAll(drive, (worker) => clearAway(worker, attempt));
  const sentinels = await onAll(drive, (worker) =>
    worker.session.call(takeSentinel(drive.actor, attemptBefore(worker, attempt))),
  );
  if (sentinels.includes('foreign')) {
    await endHalted(drive);
    return;
  }
  const checkpoint = await findResumePoint(drive);
  const from = checkpoint === null ? 'from the start' : `from ${checkpoint.path}`;
  store.together(() => {
    const record = readTry(drive);
    if (record !== null) drive.must(store.recordTry(drive.lease, { ...record, checkpoint: checkpoint?.path ?? null }));
    carryOffsets(drive, { before: attempt - 1, attempt });
    drive.transition({
      from: ['restarting'],
      to: 'launching',
      event: drive.event('state', `attempt ${attempt} begins ${from}`),
      message: null,
    });
  });
}

function attemptBefore({ target }: Drive, attempt: number): { attempt: number; worker: number } {
  return { attempt: attempt - 1, worker: target.index };
}

/** Counted from when the attempt was intended: whoever comes back later does not wait again, and nobody waits longer than was said. */
async function waitForTurn(drive: Drive, attempt: number): Promise<void> {
  const { clock } = drive.parts;
  const begunAt = readTry(drive)?.begunAt ?? clock.now();
  const delayMs = readDelay(drive, attempt) * 1000;
  const leftMs = Math.min(delayMs, begunAt + delayMs - clock.now());
  if (leftMs > 0) await clock.wait(leftMs, drive.signal);
  drive.signal.throwIfAborted();
}

function readDelay(drive: Drive, attempt: number): number {
  const details = readEventsOf(drive, 'state').flatMap(({ detail }) =>
    keeps<RestartDetail>(detail, 'restart') ? [detail.restart] : [],
  );
  return details.findLast((restart) => restart.attempt === attempt)?.delaySeconds ?? 0;
}

/** A person has made the halt file meanwhile. */
async function endHalted(drive: Drive): Promise<void> {
  const sentence = 'the halt file is there, and no attempt has made it: the run is not started again';
  await endRun(drive, {
    from: ['restarting'],
    to: 'halted',
    event: drive.event('state', `halted: ${sentence}`),
    outcome: { result: 'halted', reason: 'sentinel', exitCode: null, degraded: false },
    message: sentence,
  });
}
