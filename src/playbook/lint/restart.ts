import { formatDuration } from '../../language/units.ts';
import type { Finding, Planned } from './finding.ts';

/** Limits of a restart that can never come into play, or that leave no room for one. */
export function lintRestart({ restart, budget }: Planned): Finding[] {
  if (restart == null) return [];
  const findings: Finding[] = [];
  const { times, withoutProgress, delaySeconds } = restart;
  if (withoutProgress !== null && withoutProgress > times) {
    findings.push({
      path: ['restart', 'without-progress'],
      message: `after ${times} restarts there is no further one: ${withoutProgress} attempts without progress are never counted`,
      suggestion: `a number up to ${times}, or more "times"`,
    });
  }
  const seconds = budget?.seconds ?? null;
  if (seconds !== null && delaySeconds.first >= seconds) {
    const [wait, all] = [formatDuration(delaySeconds.first), formatDuration(seconds)];
    findings.push({
      path: ['restart', 'delay'],
      message: `the wait of ${wait} is no shorter than the whole budget of ${all}`,
      suggestion: 'wait less',
    });
  }
  return findings;
}
