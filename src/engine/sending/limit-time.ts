import { formatDuration } from '../../language/units.ts';
import type { Entry } from '../../playbook/entries/entry.ts';
import type { Drive } from '../drive.ts';
import { timeLeft } from '../entries/time-left.ts';
import { NotSent } from './not-sent.ts';

/** What throws once the time of the entry, its stage or the budget is over. */
export function limitTime(drive: Drive, entry: Entry): () => void {
  const { clock, store } = drive.parts;
  const begin = clock.monotonic();
  const { seconds, because } = timeLeft(entry, drive.plan.playbook, store.readChecks(drive.actor.run));
  return () => {
    drive.signal.throwIfAborted();
    if (seconds === null || clock.monotonic() - begin < seconds * 1000) return;
    throw new NotSent(`stopped after ${formatDuration(seconds)}${because === null ? '' : `: ${because}`}`);
  };
}
