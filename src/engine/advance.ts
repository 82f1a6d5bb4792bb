import { isResult, type ActiveState, type RunState } from '../lifecycle/states.ts';
import type { Drive } from './drive.ts';
import { haltJob } from './halt/halt-job.ts';
import { beginRun } from './preflight/begin-run.ts';
import { MachineTaken } from './hold-machine.ts';
import { mayMend } from './keep-lease.ts';
import { decideNoGo } from './preflight/no-go.ts';
import { prepareHost } from './preflight/prepare-host.ts';
import { restartJob } from './attempts/restart-job.ts';
import { startJob } from './job/start-job.ts';
import { validateHost } from './preflight/validate-host.ts';
import { verifyRun } from './job/verify-run.ts';
import { watchJob } from './job/watch-job.ts';

type Part = (drive: Drive) => Promise<void>;

/** What each state waits for. Null: a person, or a version that knows the state. */
const parts: Record<ActiveState, Part | null> = {
  queued: beginRun,
  preparing: prepareHost,
  validating: validateHost,
  blocked: null,
  launching: startJob,
  running: watchJob,
  lingering: watchJob,
  restarting: restartJob,
  verifying: verifyRun,
  'rolling-back': null,
  halting: haltJob,
};

/** Before the intent to start is stored there is nothing on a host that would have to be watched. */
const beforeStart: readonly RunState[] = ['queued', 'preparing', 'validating'];

/** The walk: the part that belongs to the recorded state, again and again, until the state is a result or waits. Each part moves the state on, and
 * may be begun again: once a job may run, a store that cannot be written to is waited for. */
export async function advance(drive: Drive): Promise<void> {
  for (;;) {
    const { state } = drive.record();
    if (isResult(state) || (state === 'running' && drive.leaveWhenRunning)) return;
    const part = parts[state];
    if (part === null) return;
    drive.signal.throwIfAborted();
    try {
      await walkPart(drive, state, part);
    } catch (error) {
      if (!mayMend(error) || beforeStart.includes(drive.record().state)) throw error;
      await drive.waitForStore(error);
    }
  }
}

async function walkPart(drive: Drive, state: ActiveState, part: Part): Promise<void> {
  try {
    await part(drive);
  } catch (error) {
    if (!(error instanceof MachineTaken)) throw error;
    await decideNoGo(drive, [state], 'host-busy', [error.row]);
  }
}
