import type { Outcome } from '../../lifecycle/states.ts';

/** All that is known of a job that is over. */
export interface Ending {
  exitCode: number;
  /** What the guard stopped it for: `time-limit 3600`, `stall 1800`, `disk-floor 5000000000 .`. */
  verdict: string | null;
  /** Why it could not begin, as the host says. */
  error: string | null;
  /** Whether the playbook names what counts as progress. */
  tracksProgress: boolean;
  lastStep: number | null;
  targetStep: number | null;
  /** The halt sentinel lies there. */
  sentinel: boolean;
  /** Whether the started process was proved to carry the critical environment; null when the playbook does not ask. */
  environmentProved: boolean | null;
  /** A verify entry failed. */
  artifactsMissing: boolean;
  /** Names of red criteria that were violated. */
  violated: string[];
}

/** What the guard writes, and the reason that people read. */
const guardReasons: Readonly<Record<string, string>> = {
  'time-limit': 'time-limit',
  stall: 'stalled',
  'disk-floor': 'disk-floor',
};

/**
 * How a run ended: the exit status first, then the work, then the promised artifacts. A line of the log never decides, and what is missing is not
 * good. The first row that holds counts.
 */
export function decideOutcome(ending: Ending): Outcome {
  const { exitCode, targetStep, lastStep } = ending;
  const end = (result: Outcome['result'], reason: string | null): Outcome => ({ result, reason, exitCode, degraded: false });
  const isShort = targetStep !== null && (lastStep === null || lastStep < targetStep);
  const verdict = guardReasons[ending.verdict?.split(' ')[0] ?? ''];
  if (verdict !== undefined) return end('failed', verdict);
  if (ending.error !== null && exitCode !== 0) return end('failed', 'not-begun');
  if (exitCode !== 0) return end('failed', 'exit-status');
  if (ending.sentinel && isShort) return end('halted', 'sentinel');
  if (ending.tracksProgress && lastStep === null) return end('failed', 'progress-unknown');
  if (isShort) return end('failed', 'stopped-short');
  if (ending.environmentProved === false) return end('failed', 'environment-not-proved');
  if (ending.artifactsMissing) return end('failed', 'artifacts-missing');
  if (ending.violated.length > 0) return end('failed', 'criterion-violated');
  return end('succeeded', null);
}

const sentences: Record<string, string> = {
  'time-limit': 'stopped by the guard: past its time limit',
  stalled: 'stopped by the guard: no new line of progress for too long',
  'disk-floor': 'stopped by the guard: too little space on the disk',
  'not-begun': 'the job could not begin',
  'exit-status': 'the job ended with a failure status',
  sentinel: 'it stopped before its target, and the halt sentinel is there',
  'progress-unknown': 'the job says it is done, and no progress was ever recorded',
  'stopped-short': 'the job says it is done, and has not reached its target',
  'environment-not-proved': 'the started process does not carry the critical environment',
  'artifacts-missing': 'the job is done, and what it promised is not there',
  'criterion-violated': 'the job is done, and a red criterion was violated',
};

/** `detail`: what the host said of it. */
export function describeOutcome(outcome: Outcome, detail: string | null = null): string {
  const said = detail === null ? '' : `: ${detail}`;
  const why = outcome.reason === null ? '' : `: ${sentences[outcome.reason] ?? outcome.reason}${said}`;
  return `${outcome.result}${why}${outcome.exitCode === null || outcome.exitCode === 0 ? '' : ` (exit ${outcome.exitCode})`}`;
}
