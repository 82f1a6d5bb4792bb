import type { AcceleratorAnswer } from '../../facts/accelerators.ts';
import { parseAccelerators } from '../../facts/read-accelerators.ts';
import { answerForSlot } from '../../facts/slot.ts';
import type { Reason } from '../../monitor/health.ts';
import { startReading, type Chunk, type Reading } from '../../monitor/reading.ts';
import type { RunMonitor } from '../../monitor/run-monitor.ts';
import { parseSamples, type KeptSample } from '../../remote/detached/samples.ts';

/** Samples of the accelerators that were taken beside the job, with or without a controller. */
export interface SampleReader {
  /** `uptimeSeconds`: the host's, at `chunk.readAt`. A sample's age is measured on that clock alone. */
  read(chunk: Chunk, uptimeSeconds: number): Reading;
  /** Why the last one says nothing: missing is not good. */
  reasons(): Reason[];
}

/** `indices`: of the accelerators that are the run's own; null: all. */
export function createSampleReader(monitor: RunMonitor, indices: readonly number[] | null): SampleReader {
  const troubles = new Map<string, string | null>();
  return {
    read({ source, worker, attempt, bytes, offset, readAt }, uptimeSeconds) {
      const { samples, consumed } = parseSamples(bytes, offset);
      const rows = samples.flatMap((sample) => {
        const answer = answerForSlot(readAnswer(sample), indices);
        troubles.set(source, describeTrouble(answer));
        if (answer.kind !== 'found') return [];
        const ageMs = Math.max(0, uptimeSeconds - sample.uptimeSeconds) * 1000;
        const place = { source, worker, attempt, position: sample.offset, progressBytes: sample.bytesBeside };
        return monitor.readAccelerators({ ...place, accelerators: answer.accelerators, at: readAt - ageMs });
      });
      return { ...startReading(), consumed, rows };
    },
    reasons: () =>
      [...troubles].flatMap(([source, trouble]) =>
        trouble === null ? [] : [{ color: 'yellow' as const, text: `${source}: ${trouble}` }],
      ),
  };
}

function readAnswer({ text }: KeptSample): AcceleratorAnswer {
  if (text !== null) return parseAccelerators(text);
  return { kind: 'failed', reason: 'probe-hung', message: 'the tool of the accelerators hangs, and cannot be ended' };
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
      return 'none of nvidia-smi, rocm-smi and amd-smi is there';
  }
}
