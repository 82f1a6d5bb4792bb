import { usageStatus } from '../../lifecycle/failure-classes.ts';
import { classifyFailure } from '../../monitor/failures/classify-failure.ts';

/** What a failure is of, and whether the same once more can help; null: the class alone does not say. */
export interface FailureClass {
  class: string;
  retry: boolean | null;
  /** The line that tells it; null where the guard or the exit status alone does. */
  text: string | null;
  /** What to do. */
  advice: string;
}

export interface EndEvidence {
  exitCode: number;
  /** What the guard stopped it for. */
  verdict: string | null;
  /** The last lines of what the attempt has printed. */
  logTail: string;
  pid: number | null;
  /** What the kernel has said of the attempt's processes. */
  kernel: { kernelLog: string | null; pids: number[] };
}

/** What the guard writes, and the class of the failure. */
const guardClasses: Readonly<Record<string, FailureClass>> = {
  stall: { class: 'stalled', retry: true, text: null, advice: 'look at the stack dumps, and at which rank came last' },
  'disk-floor': { class: 'disk-floor', retry: false, text: null, advice: 'free space where it writes, then start it again' },
  'time-limit': {
    class: 'time-limit',
    retry: false,
    text: null,
    advice: 'a longer launch.time-limit or budget.time, or less work',
  },
};

const usage: FailureClass = {
  class: 'usage',
  retry: false,
  text: null,
  advice: 'the program does not know these arguments: look at launch.run',
};

/** What the guard stopped a job for: `time-limit 3600`, `stall 1800`, `disk-floor 5000000000 .`. Null: it did not. */
export function classifyVerdict(verdict: string | null): FailureClass | null {
  return guardClasses[verdict?.split(' ')[0] ?? ''] ?? null;
}

/** What an attempt failed of: what the guard says, then what its texts tell, then its exit status. Null: it did not fail. */
export function classifyEnd({ exitCode, verdict, logTail, pid, kernel }: EndEvidence): FailureClass | null {
  const stopped = classifyVerdict(verdict);
  if (stopped !== null) return stopped;
  if (exitCode === 0) return null;
  const failure = classifyFailure({
    exitCode,
    logTail,
    kernelLog: kernel.kernelLog,
    pids: [...kernel.pids, ...(pid === null ? [] : [pid])],
  });
  if (failure.class === 'unknown' && exitCode === usageStatus) return usage;
  const retry = failure.retry === 'by-cause' ? null : failure.retry === 'once';
  return { class: failure.class, retry, text: failure.text, advice: failure.advice };
}
