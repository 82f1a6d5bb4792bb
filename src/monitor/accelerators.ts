import type { Row } from './reading.ts';

/** One accelerator as a probe saw it; null is unknown, never 0. */
interface AcceleratorReading {
  index: number | null;
  memoryUsedBytes: number | null;
  /** Percent. */
  utilization: number | null;
  /** Degrees Celsius. */
  temperature: number | null;
  /** Watts. */
  power: number | null;
}

export interface AcceleratorSample {
  source: string;
  worker: number;
  attempt: number;
  accelerators: readonly AcceleratorReading[];
  /** Wall clock, milliseconds. */
  readAt: number;
}

/** Units of the columns below, for messages. */
export const acceleratorUnits: Readonly<Record<string, 'bytes' | '%' | '°C' | 'W'>> = {
  memory_used: 'bytes',
  utilization: '%',
  temperature: '°C',
  power: 'W',
};

/** One row for each accelerator, numbered from `nextPosition`. */
export function readAccelerators(sample: AcceleratorSample, step: number | null, nextPosition: number): Row[] {
  return sample.accelerators.map((accelerator, index) => ({
    position: nextPosition + index,
    step,
    at: sample.readAt,
    columns: {
      index: accelerator.index,
      memory_used: accelerator.memoryUsedBytes,
      utilization: accelerator.utilization,
      temperature: accelerator.temperature,
      power: accelerator.power,
    },
  }));
}
