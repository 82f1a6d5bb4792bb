import { activeStates, isResult, type RunState } from '../lifecycle/states.ts';
import type { RunRecord } from '../store/store.ts';
import { driveRun, type DriveOptions } from './drive-run.ts';
import type { Drive } from './drive.ts';
import type { EngineParts } from './parts.ts';
import { storeWish, type HaltWish } from './wish-halt.ts';

const beforeTheJob: readonly RunState[] = ['queued', 'preparing', 'validating', 'launching'];

/**
 * Stops a run: the wish is stored, whoever drives it is replaced, and the walk goes on as `halting` until nothing of the run is left. Never refused.
 * A run whose host was never spoken to is cancelled at once. One that has not started its job ends as cancelled, any other as halted.
 */
export function haltRun(
  parts: EngineParts,
  run: string,
  wish: Omit<HaltWish, 'result'>,
  options: Pick<DriveOptions, 'signal' | 'patienceMs'>,
): Promise<RunRecord> {
  return driveRun(parts, run, { ...options, takeOver: true, begin: (drive) => begin(drive, wish) });
}

function begin(drive: Drive, wish: Omit<HaltWish, 'result'>): void {
  const { state } = drive.record();
  if (isResult(state)) return;
  if (state === 'queued') {
    drive.transition({
      from: ['queued'],
      to: 'cancelled',
      event: drive.event('state', `cancelled: ${wish.reason}`),
      outcome: { result: 'cancelled', reason: null, exitCode: null, degraded: false },
      message: wish.reason,
    });
  } else if (state === 'halting') {
    drive.tell('halt-wish', `halting: ${wish.reason}`, { wish: { ...wish, result: 'halted' } });
  } else {
    storeWish(
      drive,
      activeStates.filter((active) => active !== 'halting' && active !== 'queued'),
      { ...wish, result: beforeTheJob.includes(state) ? 'cancelled' : 'halted' },
    );
  }
}
