import type { Result } from '../../lifecycle/states.ts';
import type { Transition } from '../../store/records.ts';
import type { Drive } from '../drive.ts';
import { endRun } from '../end-run.ts';
import { keeps, readEventsOf } from '../read-events.ts';

/** How a run ends once its rollback has been walked. Kept with the event that began it. */
export interface Ending extends Required<Pick<Transition, 'outcome' | 'message'>> {
  to: Result;
  text: string;
}

/** Ends a run that has failed: at once, or through its rollback, if it has one and has begun to change something. */
export async function endFailed(drive: Drive, transition: Transition & { to: 'failed' }): Promise<void> {
  const { outcome, message = null, event, verdict, from } = transition;
  if (outcome === undefined || from.includes('rolling-back') || !hasRollback(drive) || !hasChangedSomething(drive)) {
    await endRun(drive, transition);
    return;
  }
  const ending: Ending = { to: 'failed', outcome, message, text: event.text };
  drive.transition({
    from,
    to: 'rolling-back',
    event: drive.event('state', `rolling back: ${event.text}`, { ending, ...(verdict === undefined ? {} : { verdict }) }),
    message,
    ...(verdict === undefined ? {} : { verdict }),
  });
}

export function readEnding(drive: Drive): Ending {
  const endings = readEventsOf(drive, 'state').flatMap(({ detail }) =>
    keeps<{ ending: Ending }>(detail, 'ending') ? [detail.ending] : [],
  );
  const last = endings.at(-1);
  if (last === undefined) throw new TypeError(`run ${drive.actor.run}: rolling back without a word of why`);
  return last;
}

function hasRollback({ plan: { kind, playbook } }: Drive): boolean {
  return kind === 'launch' && (playbook.rollback ?? []).length > 0;
}

/** An action was begun, or the job was started. */
function hasChangedSomething(drive: Drive): boolean {
  const checks = drive.parts.store.readChecks(drive.actor.run);
  const begun = checks.some(({ kind, status, result }) => kind === 'action' && status !== 'pending' && result !== 'skip');
  return begun || drive.record().startedAt !== null;
}
