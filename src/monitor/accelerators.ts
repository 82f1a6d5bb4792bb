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
  /** When it was taken: wall clock, milliseconds. */
  at: number;
  /** Of the sample in its file. */
  position: number;
  /** How long the file of the progress was then: which rows had been written. Null when that is not known. */
  progressBytes: number | null;
}

/** Units of the columns below, for messages. */
export const acceleratorUnits: Readonly<Record<string, 'bytes' | '%' | '°C' | 'W'>> = {
  memory_used: 'bytes',
  utilization: '%',
  temperature: '°C',
  power: 'W',
};

/** One row for each accelerator. A sample takes more bytes than it has rows, so that their positions never meet those of the next. */
export function readAccelerators(sample: AcceleratorSample, step: number | null): Row[] {
  return sample.accelerators.map((accelerator, index) => ({
    position: sample.position + index,
    step,
    at: sample.at,
    columns: {
      index: accelerator.index,
      memory_used: accelerator.memoryUsedBytes,
      utilization: accelerator.utilization,
      temperature: accelerator.temperature,
      power: accelerator.power,
    },
  }));
}
