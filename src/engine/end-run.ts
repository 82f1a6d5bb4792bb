import type { Result } from '../lifecycle/states.ts';
import { tidyRun } from '../remote/claims.ts';
import { keepRecord } from '../remote/records.ts';
import type { TryEnding } from '../store/attempt-records.ts';
import type { Transition } from '../store/records.ts';
import { endTry } from './attempts/record-try.ts';
import type { Drive } from './drive.ts';
import { watchDuties } from './duties/watch-duties.ts';
import { onAll } from './gang/on-all.ts';
import { isUnit } from './entries/schedule.ts';
import { describeKeptRun } from './kept-record.ts';

/**
 * Ends a run: how it ended is kept beside its units, the environment with its secrets is taken off the host, and the machine is given back; then the
 * result is recorded. Each of these may be done again after a crash.
 */
export async function endRun(drive: Drive, transition: Transition & { to: Result }): Promise<void> {
  const { kind, playbook } = drive.plan;
  if (drive.record().startedAt !== null) watchDuties(drive).look({ ended: true });
  const hasMachine = drive.parts.store.readHostClaims(drive.actor.run).length > 0;
  if (hasMachine)
    await onAll(drive, (worker) => worker.session.call(keepRecord(drive.actor, describeKeptRun(drive, transition))));
  // A preflight of quick looks has left nothing.
  if (kind === 'launch' || [...playbook.prepare, ...playbook.validate].some(isUnit))
    await onAll(drive, (worker) => worker.session.call(tidyRun(drive.actor)));
  drive.parts.store.together(() => {
    endTry(drive, describeEnding(transition));
    drive.transition(transition);
  });
}

function describeEnding({ outcome, event }: Transition): TryEnding {
  const failed = outcome !== undefined && outcome.result !== 'succeeded';
  return { exitCode: outcome?.exitCode ?? null, failure: failed ? outcome.reason : null, text: event.text };
}
