import type { AcceleratorAnswer } from '../../facts/accelerators.ts';
import type { Reason } from '../../monitor/health.ts';
import type { RunMonitor } from '../../monitor/run-monitor.ts';
import { QuestionTimedOut } from '../../ssh/failures.ts';
import type { Batch } from '../../store/store.ts';
import { setupOf } from '../entries/deeds/run-command.ts';
import type { Drive } from '../drive.ts';
import { askForAccelerators } from '../probe.ts';
import { jobPlace } from './start-job.ts';

export interface AcceleratorSampler {
  /** Rows of a look at the accelerators, when one is due. */
  sampleWhenDue(): Promise<Batch['samples']>;
  /** Why they cannot be looked at: missing is not good. */
  reasons(): Reason[];
}

/** A tool that hung holds up every other question: it is asked less often. */
const patienceWithHung = 10;

export function createAcceleratorSampler(drive: Drive, monitor: RunMonitor): AcceleratorSampler {
  const source = drive.plan.playbook.monitor?.metrics.find((metric) => metric.kind === 'accelerators');
  if (source === undefined) return { sampleWhenDue: () => Promise.resolve([]), reasons: () => [] };
  const { clock } = drive.parts;
  let dueAt = Number.NEGATIVE_INFINITY;
  let trouble: string | null = null;
  return {
    async sampleWhenDue() {
      if (clock.monotonic() < dueAt) return [];
      const answer = await lookAtAccelerators(drive);
      const hung = answer.kind === 'failed' && answer.reason === 'probe-hung';
      dueAt = clock.monotonic() + source.everySeconds * 1000 * (hung ? patienceWithHung : 1);
      trouble = describeTrouble(answer);
      if (answer.kind !== 'found') return [];
      const { attempt } = jobPlace(drive);
      const sample = { source: source.name, worker: 0, attempt, accelerators: answer.accelerators, readAt: clock.now() };
      const rows = monitor.readAccelerators(sample);
      return rows.length === 0 ? [] : [{ source: source.name, attempt, worker: 0, generation: 0, rows }];
    },
    reasons: () => (trouble === null ? [] : [{ color: 'yellow', text: `${source.name}: ${trouble}` }]),
  };
}

/** A probe that hangs, as on a lost card, is an answer too, and no reason to stop watching the job. */
async function lookAtAccelerators(drive: Drive): Promise<AcceleratorAnswer> {
  try {
    return await drive.session.call(askForAccelerators(setupOf(drive)));
  } catch (error) {
    if (!(error instanceof QuestionTimedOut)) throw error;
    return { kind: 'failed', reason: 'probe-hung', message: error.message };
  }
}

function describeTrouble(answer: AcceleratorAnswer): string | null {
  switch (answer.kind) {
    case 'found':
      return answer.problems.length === 0 ? null : answer.problems.join('; ');
    case 'failed':
      return answer.message;
    case 'none':
      return 'there are no accelerators';
    case 'no-tool':
      return 'nvidia-smi is not there';
  }
}
