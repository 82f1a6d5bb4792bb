import type { RunMonitor } from '../../monitor/run-monitor.ts';
import { askKernelLog } from '../../remote/kernel-log.ts';
import { lookForMembers } from '../../remote/members.ts';
import { QuestionTimedOut } from '../../ssh/failures.ts';
import type { Drive } from '../drive.ts';
import { readWorker } from '../read-worker.ts';
import { jobPlace } from './job.ts';

const [firstWaitMs, longestWaitMs] = [2_000, 30_000];

/** The kernel log beside the job: what killed one of its processes, and what is wrong with a GPU. */
export interface KernelWatch {
  /** Asks when it is time to, or at once. */
  look(atOnce: boolean): Promise<void>;
}

export function watchKernel(drive: Drive, monitor: RunMonitor): KernelWatch {
  const { clock } = drive.parts;
  const run = drive.actor.run;
  // The kernel names whom it killed, and nobody can be asked for it any more: they are written down while they live.
  const pids = new Set<number>();
  let waitMs = firstWaitMs;
  let notBefore = Number.NEGATIVE_INFINITY;
  let isReadable = true;

  return {
    async look(atOnce) {
      if (!isReadable || (!atOnce && clock.monotonic() < notBefore)) return;
      notBefore = clock.monotonic() + waitMs;
      waitMs = Math.min(longestWaitMs, 2 * waitMs);
      const [members, log] = await Promise.all([
        drive.session.call(lookForMembers(run)),
        drive.session.call(askKernelLog(run, jobPlace(drive))).catch(passOverSilence),
      ]);
      for (const { pid } of members) pids.add(pid);
      const pid = readWorker(drive)?.pid ?? null;
      if (pid !== null) pids.add(pid);
      if (log === null) isReadable = false;
      else monitor.readKernelLog(log, pids, clock.now());
    },
  };
}

/** A tool that hangs says as little as one that may not look. */
function passOverSilence(error: unknown): null {
  if (error instanceof QuestionTimedOut) return null;
  throw error;
}
