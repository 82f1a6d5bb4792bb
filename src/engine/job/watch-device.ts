import { isInUse, judgeDevice, type DeviceReading } from '../../monitor/device.ts';
import type { Reason } from '../../monitor/health.ts';
import type { Row } from '../../monitor/reading.ts';
import { readBaseline } from '../accelerator-baseline.ts';
import type { Drive } from '../drive.ts';

export interface DeviceWatch {
  /** Rows of the samples, in their order. */
  take(rows: readonly Row[]): void;
  reasons(): Reason[];
}

/** Enough for the first minutes, and for the last ones. */
const mostReadings = 1_000;

/** Whether the training is where the profile says. A training that has been on an accelerator once is not looked at again: it may be idle for a while. */
export function watchDevice(drive: Drive): DeviceWatch {
  const { monitor } = drive.plan.playbook;
  const expected = monitor?.device ?? null;
  const source = monitor?.metrics.find(({ kind }) => kind === 'accelerators')?.name;
  if (expected === null || source === undefined) return { take: () => undefined, reasons: () => [] };
  const baseline = new Map(readBaseline(drive).map(({ index, memoryUsedBytes }) => [index, memoryUsedBytes]));
  let readings: DeviceReading[] = [];
  let isProved = false;

  const take = (rows: readonly Row[]) => {
    for (const { at, step, columns } of rows) {
      const reading = {
        at,
        step,
        utilization: numberOf(columns['utilization']),
        memoryUsedBytes: numberOf(columns['memory_used']),
        baselineBytes: baseline.get(numberOf(columns['index'])) ?? null,
      };
      isProved ||= expected === 'accelerator' && step !== null && isInUse(reading);
      readings.push(reading);
    }
    readings = isProved ? [] : readings.slice(-mostReadings);
  };
  const { attempt } = drive.record();
  for (const row of drive.parts.store.readSamples(drive.actor.run, source)) {
    if (row.attempt === attempt && row.worker === drive.target.index) take([row]);
  }

  return {
    take,
    reasons() {
      const reason = judgeDevice(expected, readings);
      return reason === null ? [] : [reason];
    },
  };
}

function numberOf(value: unknown): number | null {
  return typeof value === 'number' ? value : null;
}
