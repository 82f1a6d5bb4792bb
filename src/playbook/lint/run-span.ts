import { formatDuration } from '../../language/units.ts';
import { placeEntries, type LintedEntry, type Planned } from './finding.ts';
import { describeSpan, spanOfJob } from './spans.ts';

/** Seconds of a whole run. */
interface RunSpan {
  low: number;
  /** Null: not said. */
  high: number | null;
  /** What takes how long, as the beginning of a sentence. */
  text: string;
}

/** Preflight as it is expected, and the job. */
export function spanOfRun(planned: Planned): RunSpan {
  const before = addExpectedTimes(placeEntries(planned, ['prepare', 'validate']).map(({ entry }) => entry));
  const job = planned.launch === null ? { low: 0, high: 0, text: '' } : spanOfJob(planned);
  const parts = [
    ...(before === 0 ? [] : [`preflight is expected to take ${formatDuration(before)}`]),
    ...(planned.launch === null || job === null ? [] : [`${job.text} ${describeSpan(job)}`]),
  ];
  const high = job?.high ?? null;
  return { low: before + (job?.low ?? 0), high: high === null ? null : before + high, text: parts.join(', ') };
}

/** Of neighbours that may go on side by side the longest counts. */
export function addExpectedTimes(entries: readonly LintedEntry[]): number {
  let [sum, longest] = [0, 0];
  for (const { expectedTimeSeconds, parallel } of entries) {
    const seconds = expectedTimeSeconds ?? 0;
    if (parallel === true) longest = Math.max(longest, seconds);
    else [sum, longest] = [sum + longest + seconds, 0];
  }
  return sum + longest;
}
