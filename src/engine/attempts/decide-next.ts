import type { ProfileChange, RestartRules } from '../../playbook/playbook.ts';
import type { TryRecord } from '../../store/attempt-records.ts';
import type { AttemptEnding } from './attempt-ending.ts';
import { delayBefore } from './delay.ts';
import { findFallback } from './find-fallback.ts';

/** What the playbook says about further attempts. */
export interface NextRules {
  restart: RestartRules | null;
  /** From the profile that the attempt was in. */
  fallback: ProfileChange | null;
}

/** What follows an attempt that is over. `why`: what keeps another one from being made, where the playbook speaks of it. */
export type Next =
  | { kind: 'none'; why: string | null }
  | { kind: 'restart'; delaySeconds: number; because: string }
  | { kind: 'fallback'; profile: string; because: string };

/**
 * Whether there is another attempt. Only a failure that the playbook names, or that one of its rules has asked for, is followed by one; an attempt that
 * was used wrongly, or whose failure a retry does not mend, only when it is named. The limits hold for both. Another profile, where the
 * playbook has one for this end, comes before the same once more, and is no restart. `tries` has the attempt that is over as its last.
 */
export function decideNext({ restart, fallback }: NextRules, tries: readonly TryRecord[], ending: AttemptEnding): Next {
  if (ending.reason === null) return { kind: 'none', why: null };
  const fallsBack = findFallback(fallback, ending);
  if (fallback !== null && fallsBack !== null) return { kind: 'fallback', profile: fallback.to, because: fallsBack };
  const cause = findCause(restart, ending);
  if (cause === null) return { kind: 'none', why: null };
  if (ending.sentinel) return { kind: 'none', why: `${cause}: the halt file is there` };
  const { times, delaySeconds, withoutProgress } = restart ?? askedOnce;
  const restarts = tries.length - 1;
  if (restarts >= times) return { kind: 'none', why: `${cause}: it was started again ${restarts} of ${times} times` };
  const idle = countIdle(tries, ending.progressed);
  if (withoutProgress !== null && idle >= withoutProgress) {
    return { kind: 'none', why: `${cause}: ${idle} attempts have brought no new checkpoint` };
  }
  return { kind: 'restart', delaySeconds: delayBefore(delaySeconds, restarts + 1), because: cause };
}

/** Where an action asks for a restart, and the playbook has no rules for restarts. */
const askedOnce: Omit<RestartRules, 'on'> = { times: 3, delaySeconds: { first: 30, longest: 600 }, withoutProgress: 3 };

/** Null: the playbook has said nothing of this end. A reason such as `exit-status` stands for many failures, also those that a retry does not mend. */
function findCause(restart: RestartRules | null, { asked, failure, reason, exitCode }: AttemptEnding): string | null {
  if (asked !== null) return asked.action === 'restart' ? asked.because : null;
  if (restart === null) return null;
  const own = [failure?.class, exitCode === null ? undefined : `exit ${exitCode}`].find((name) =>
    restart.on.includes(name ?? ''),
  );
  if (own !== undefined) return own;
  return reason !== null && failure?.retry !== false && restart.on.includes(reason) ? reason : null;
}

/** How many of the last attempts have brought nothing to go on from. */
function countIdle(tries: readonly TryRecord[], progressed: ReadonlySet<number>): number {
  const last = tries.findLastIndex(({ attempt }) => progressed.has(attempt));
  return tries.length - 1 - last;
}
