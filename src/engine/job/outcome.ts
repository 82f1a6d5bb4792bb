import type { Outcome } from '../../lifecycle/states.ts';
import { classifyVerdict, type FailureClass } from '../attempts/classify.ts';

/** All that is known of a job that is over. */
export interface Ending {
  exitCode: number;
  /** What the guard stopped it for: `time-limit 3600`, `stall 1800`, `disk-floor 5000000000 .`. */
  verdict: string | null;
  /** Why it could not begin, as the host says. */
  error: string | null;
  /** What the failure is of, as far as its texts tell. */
  failure: FailureClass | null;
  /** The text that the job prints when it is done was seen; null: the playbook names none. A hint: it never makes a run good. */
  saidDone: boolean | null;
  /** It did not exit when its work was done, and was stopped for it; `counted` as the playbook says. Null: it was not. */
  lingered: { counted: 'failed' | 'succeeded' } | null;
  /** On a profile that is not what was asked for. */
  degraded: boolean;
  /** Whether the playbook names what counts as progress. */
  tracksProgress: boolean;
  lastStep: number | null;
  targetStep: number | null;
  /** The halt sentinel lies there, and the guard has not made it. */
  sentinel: boolean;
  /** Whether the started process was proved to carry the critical environment; null when the playbook does not ask. */
  environmentProved: boolean | null;
  /** A verify entry failed. */
  artifactsMissing: boolean;
  /** Names of red criteria that were violated. */
  violated: string[];
  /** Of a run on several workers: one has not become ready in time, and the job was stopped for it. */
  notReady: boolean;
}

/**
 * How a run ended: the exit status first, then the work, then the promised artifacts. A line of the log never decides, and what is missing is not
 * good. The first row that holds counts.
 */
export function decideOutcome(ending: Ending): Outcome {
  const { exitCode, targetStep, lastStep, degraded } = ending;
  const end = (result: Outcome['result'], reason: string | null): Outcome => ({ result, reason, exitCode, degraded });
  const isShort = targetStep !== null && (lastStep === null || lastStep < targetStep);
  if (ending.notReady) return end('failed', 'worker-not-ready');
  const stopped = classifyVerdict(ending.verdict);
  if (stopped !== null) return end('failed', stopped.class);
  if (ending.error !== null && exitCode !== 0) return end('failed', 'not-begun');
  if (exitCode !== 0 && ending.lingered === null) {
    return end('failed', isComplete(ending) ? 'failed-after-completion' : 'exit-status');
  }
  if (ending.sentinel && isShort) return end('halted', 'sentinel');
  if (ending.tracksProgress && lastStep === null) return end('failed', 'progress-unknown');
  if (isShort) return end('failed', 'stopped-short');
  if (ending.environmentProved === false) return end('failed', 'environment-not-proved');
  if (ending.artifactsMissing) return end('failed', 'artifacts-missing');
  if (ending.violated.length > 0) return end('failed', 'criterion-violated');
  if (exitCode !== 0) return end(ending.lingered?.counted ?? 'failed', 'did-not-exit');
  return end('succeeded', null);
}

/** Was all the work done before the job failed? By its steps, or where no target is known by what it says; and what it promised is there. */
function isComplete({ targetStep, lastStep, saidDone, artifactsMissing }: Ending): boolean {
  const isThere = targetStep === null ? saidDone === true : lastStep !== null && lastStep >= targetStep && saidDone !== false;
  return isThere && !artifactsMissing;
}

const sentences: Record<string, string> = {
  'time-limit': 'stopped by the guard: past its time limit',
  stalled: 'stopped by the guard: no new line of progress for too long',
  'disk-floor': 'stopped by the guard: too little space on the disk',
  'worker-not-ready': 'a worker did not become ready in time, and the others were stopped',
  'not-begun': 'the job could not begin',
  'exit-status': 'the job ended with a failure status',
  'failed-after-completion': 'the work was done, what was promised is there, and then the job ended with a failure status',
  'did-not-exit': 'the work was done, and the process had to be stopped',
  sentinel: 'it stopped before its target, and the halt sentinel is there',
  'progress-unknown': 'the job says it is done, and no progress was ever recorded',
  'stopped-short': 'the job says it is done, and has not reached its target',
  'environment-not-proved': 'the started process does not carry the critical environment',
  'artifacts-missing': 'the job is done, and what it promised is not there',
  'criterion-violated': 'the job is done, and a red criterion was violated',
};

/** The first line of what caused a failure, and what to do about it; nothing where nobody knows. */
export function explainFailure(failure: FailureClass | null): string[] {
  if (failure === null) return [];
  return [`the cause: ${failure.class}${failure.text === null ? '' : `: ${failure.text}`}`, `what to do: ${failure.advice}`];
}

/** `detail`: what the host said of it. */
export function describeOutcome(outcome: Outcome, detail: string | null = null): string {
  const said = detail === null ? '' : `: ${detail}`;
  const why = outcome.reason === null ? '' : `: ${sentences[outcome.reason] ?? outcome.reason}${said}`;
  return `${outcome.result}${why}${outcome.exitCode === null || outcome.exitCode === 0 ? '' : ` (exit ${outcome.exitCode})`}`;
}
