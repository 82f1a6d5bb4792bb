import type { Reason } from '../../monitor/health.ts';
import type { RunMonitor } from '../../monitor/run-monitor.ts';
import { detachedExecutor } from '../../remote/detached/executor.ts';
import type { UnitState } from '../../remote/executor.ts';
import type { Drive } from '../drive.ts';
import { judgeEvidence, type Finding } from '../job/evidence.ts';
import { jobPlace } from '../job/job.ts';
import { openJobFiles } from '../job/job-files.ts';
import type { FileReading } from '../job/read-files.ts';
import { watchKernel } from '../job/watch-kernel.ts';
import { readWorker } from '../read-worker.ts';

/** What one look at one worker has brought. */
export interface Sight {
  worker: Drive;
  state: UnitState;
  finding: Finding;
  /** A file has more than was read. */
  more: boolean;
}

/** The eyes of a controller on the job of one worker. */
export interface WorkerEyes {
  worker: Drive;
  incarnation: string | null;
  /** Takes as long as the host is silent. */
  look(options: { final: boolean }): Promise<Sight>;
  /** What was read and is not stored yet, also of a look that is still under way. */
  takeOut(): FileReading[];
  reasons(): Reason[];
}

export function openEyes(worker: Drive, monitor: RunMonitor): WorkerEyes {
  const place = jobPlace(worker);
  const kernel = watchKernel(worker, monitor);
  const files = openJobFiles(worker, monitor);
  const incarnation = readWorker(worker)?.incarnation ?? null;
  let goneBefore = false;
  return {
    worker,
    incarnation,
    async look({ final }) {
      // The state first: once it says that the job is over, what is read after it is all there is.
      const state = await worker.session.call(detachedExecutor.watch(worker.actor, place));
      const finding = judgeEvidence(state, { incarnation }, goneBefore);
      goneBefore = finding.kind === 'look-again';
      if (finding.kind === 'elsewhere') return { worker, state, finding, more: false };
      const more = await files.read(state, { final });
      await kernel.look(final);
      return { worker, state, finding, more };
    },
    takeOut: () => files.takeOut(),
    reasons: () => files.reasons(),
  };
}
