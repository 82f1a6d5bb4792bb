import { usageStatus } from '../../lifecycle/failure-classes.ts';
import type { ProfileChange } from '../../playbook/playbook.ts';
import type { AttemptEnding } from './attempt-ending.ts';

type Ended = Pick<AttemptEnding, 'exitCode' | 'sentinel' | 'reason' | 'failure' | 'asked' | 'endedLike'>;

/** Why an attempt that is over is followed by one in another profile; null: it is not. */
export function findFallback(change: ProfileChange | null, ended: Ended): string | null {
  const { asked, failure, exitCode, endedLike, reason, sentinel } = ended;
  if (change === null || reason === null || sentinel || exitCode === usageStatus) return null;
  if (asked !== null) return asked.action === 'fallback' ? asked.because : null;
  if (endedLike !== null) return endedLike;
  return failure !== null && change.failures.includes(failure.class) ? failure.class : null;
}
