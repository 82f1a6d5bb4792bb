import type { ProfileChange } from '../../playbook/playbook.ts';

/** A program that was used wrongly is used wrongly in every profile (D-15). */
const usageStatus = 2;

interface Ended {
  exitCode: number | null;
  sentinel: boolean;
  reason: string | null;
  failure: { class: string } | null;
  asked: { action: string; because: string } | null;
  endedLike: string | null;
}

/** Why an attempt that is over is followed by one in another profile; null: it is not. */
export function findFallback(change: ProfileChange | null, ended: Ended): string | null {
  const { asked, failure, exitCode, endedLike, reason, sentinel } = ended;
  if (change === null || reason === null || sentinel || exitCode === usageStatus) return null;
  if (asked !== null) return asked.action === 'fallback' ? asked.because : null;
  if (endedLike !== null) return endedLike;
  return failure !== null && change.failures.includes(failure.class) ? failure.class : null;
}
