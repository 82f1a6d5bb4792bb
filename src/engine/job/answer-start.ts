import { exitCodes, FleetError } from '../../errors.ts';
import { detachedExecutor } from '../../remote/detached/executor.ts';
import type { Drive } from '../drive.ts';
import { describeOwner } from '../owner.ts';
import { endRun } from '../end-run.ts';
import { adoptAttempt, isSuperseded } from './adopt-attempt.ts';
import { jobPlace } from './job.ts';

/**
 * A person says whether a claimed start, of which no process is known, has begun the job. The host is asked once more first: what it knows by now
 * counts before any answer. Not begun: the next attempt is started. Begun: whatever it did is over, and the run is lost.
 */
export async function answerStart(drive: Drive, started: boolean): Promise<void> {
  const state = await drive.session.call(detachedExecutor.watch(drive.actor, jobPlace(drive)));
  const who = describeOwner(drive.parts.owner);
  if (isSuperseded(drive, state)) await adoptAttempt(drive, state);
  else if (state.word === 'claimed' || state.word === 'absent') {
    if (started) await endLost(drive, `${who} says that the job had begun`);
    else startAgain(drive, `${who} says that the job had not begun`);
    return;
  }
  const event = drive.event('state', 'the host knows by now what became of the start');
  drive.transition({ from: ['blocked'], to: 'launching', event, message: null });
}

function startAgain(drive: Drive, said: string): void {
  const attempt = drive.record().attempt + 1;
  const event = drive.event('state', `${said}: it is started as attempt ${attempt}`, { answer: { started: 'no' } });
  drive.transition({ from: ['blocked'], to: 'launching', event, attempt, message: null });
}

async function endLost(drive: Drive, said: string): Promise<void> {
  const sentence = `${said}, and no process or exit status of it is left`;
  await endRun(drive, {
    from: ['blocked'],
    to: 'lost',
    event: drive.event('state', `lost: ${sentence}`, { answer: { started: 'yes' } }),
    outcome: { result: 'lost', reason: 'start-unproved', exitCode: null, degraded: false },
    message: sentence,
  });
}

/** For a run that waits for no such answer. */
export function asksNothing(run: string, state: string): FleetError {
  return new FleetError(`run ${run} is ${state}: it asks nothing`, {
    code: 'nothing-asked',
    exit: exitCodes.usage,
    suggestions: [`fleet status ${run} shows what it waits for`],
  });
}
