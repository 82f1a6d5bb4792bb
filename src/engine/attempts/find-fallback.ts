import type { ProfileChange } from '../../playbook/playbook.ts';
import type { AttemptEnding } from './attempt-ending.ts';

/** A program that was used wrongly is used wrongly in every profile (D-15). */
const usageStatus = 2;

/** Why an attempt that is over is followed by one in another profile; null: it is not. */
export function findFallback(change: ProfileChange | null, ending: AttemptEnding): string | null {
  const { asked, failure, exitCode, endedLike, reason, sentinel } = ending;
  if (change === null || reason === null || sentinel || exitCode === usageStatus) return null;
  if (asked !== null) return asked.action === 'fallback' ? asked.because : null;
  if (endedLike !== null) return endedLike;
  return failure !== null && change.failures.includes(failure.class) ? failure.class : null;
}
