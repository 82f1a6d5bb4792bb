import { FleetError } from '../../errors.ts';
import { activeStates, isResult, precedesJob } from '../../lifecycle/states.ts';
import { detachedExecutor } from '../../remote/detached/executor.ts';
import { lookForMembers } from '../../remote/members.ts';
import type { RunRecord } from '../../store/records.ts';
import { advance } from '../advance.ts';
import type { Drive, DriveOptions } from '../drive.ts';
import { onAll } from '../gang/on-all.ts';
import { holdRun } from '../hold-run.ts';
import { readRun } from '../make-drive.ts';
import { mayMend } from '../keep-lease.ts';
import { Survivors } from './halt-job.ts';
import type { EngineParts } from '../parts.ts';
import { readWish, storeWish, type HaltWish } from './wish-halt.ts';

const leftoverLookMs = 500;
const leftoverLooks = 60;

/**
 * Stops a run: the wish is stored and whoever drives it is replaced, both or neither, and the walk goes on as `halting` until nothing of the run is left. Never refused.
 * A run whose host was never spoken to is cancelled at once. One that has not started its job ends as cancelled, any other as halted. A run
 * that has ended keeps its result: what its job left behind is stopped.
 */
export async function haltRun(
  parts: EngineParts,
  run: string,
  wish: Omit<HaltWish, 'result'>,
  options: Omit<DriveOptions, 'takeOver'>,
): Promise<RunRecord> {
  const { state, startedAt } = readRun(parts, run);
  if (!isResult(state) || startedAt !== null) {
    let hadEnded = false;
    let isStored = false;
    const begin = (drive: Drive) => {
      hadEnded = isResult(drive.record().state);
      if (!hadEnded) storeHalt(drive, wish);
    };
    try {
      await holdRun(parts, run, { ...options, takeOver: true, begin }, (drive) => {
        isStored = true;
        return hadEnded ? stopLeftovers(drive, wish) : advance(drive);
      });
    } catch (error) {
      throw !isStored && mayMend(error) ? cannotStoreWish(run, error) : error;
    }
  }
  return readRun(parts, run);
}

/** Nothing is half-done: whoever drives the run goes on. */
function cannotStoreWish(run: string, cause: FleetError): FleetError {
  const { code, exit, message, suggestions } = cause;
  return new FleetError(`run ${run}: the wish to halt it cannot be stored, and nothing was changed: ${message}`, {
    code,
    exit,
    suggestions: [...suggestions.slice(0, 1), `then: fleet halt ${run}`],
    cause,
  });
}

function storeHalt(drive: Drive, wish: Omit<HaltWish, 'result'>): void {
  const { state, startedAt, reachability } = drive.record();
  if (state === 'queued' && reachability === 'unknown') {
    drive.transition({
      from: ['queued'],
      to: 'cancelled',
      event: drive.event('state', `cancelled: ${wish.reason}`),
      outcome: { result: 'cancelled', reason: null, exitCode: null, degraded: false },
      message: wish.reason,
    });
  } else if (state === 'halting') {
    // A second halt changes how, not what the run will have been.
    drive.tell('halt-wish', `halting: ${wish.reason}`, { wish: { ...wish, result: readWish(drive).result } });
  } else {
    const others = activeStates.filter((active) => active !== 'halting');
    storeWish(drive, others, { ...wish, result: precedesJob({ state, startedAt }) ? 'cancelled' : 'halted' });
  }
}

async function stopLeftovers(drive: Drive, wish: Omit<HaltWish, 'result'>): Promise<void> {
  const look = async () => (await onAll(drive, (worker) => worker.session.call(lookForMembers(drive.actor.run)))).flat();
  let left = await look();
  if (left.length === 0) return;
  drive.tell('leftovers', `stopping what the job left: ${left.map(({ pid, command }) => `pid ${pid} ${command}`).join('; ')}`);
  await onAll(drive, (worker) => worker.session.call(detachedExecutor.requestHalt(drive.actor, wish)));
  for (let looks = 0; left.length > 0; looks++) {
    if (looks === leftoverLooks) throw new Survivors(drive.actor.run, left);
    await drive.parts.clock.wait(leftoverLookMs, drive.signal);
    drive.signal.throwIfAborted();
    left = await look();
  }
  drive.tell('leftovers', 'nothing of the run is left');
}
