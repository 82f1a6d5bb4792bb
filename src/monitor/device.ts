import type { Reason } from './health.ts';

/** What a profile is for. */
export type Device = 'accelerator' | 'cpu';

/** One accelerator as one sample saw it; null is unknown. */
export interface DeviceReading {
  at: number;
  /** That the training had reached; null: it had not begun. */
  step: number | null;
  utilization: number | null;
  memoryUsedBytes: number | null;
  /** Before the run. */
  baselineBytes: number | null;
}

const settledMs = 120_000;
const fewest = 3;
/** A driver holds some by itself. */
const ownBytes = 256 * 1024 * 1024;

/** Does the training run on what its profile is for? Null: yes, or it is too early to say. What is unknown says nothing. */
export function judgeDevice(expected: Device, readings: readonly DeviceReading[]): Reason | null {
  const since = readings.filter(({ step }) => step !== null);
  const times = [...new Set(since.map(({ at }) => at))].toSorted((a, b) => a - b);
  const [first, last] = [times[0], times.at(-1)];
  if (first === undefined || last === undefined || times.length < fewest || last - first < settledMs) return null;
  if (expected === 'accelerator') {
    const isKnown = since.some(({ utilization, memoryUsedBytes }) => utilization !== null || memoryUsedBytes !== null);
    if (!isKnown || since.some(isInUse)) return null;
    return yellow('it runs on the CPU: no accelerator has been in use since the first step');
  }
  const recent = new Set(times.slice(-fewest));
  const busyAt = new Set(since.filter((reading) => isBusy(reading) && holdsMemory(reading)).map(({ at }) => at));
  if (![...recent].every((at) => busyAt.has(at))) return null;
  return yellow('it does not run on the CPU alone: an accelerator is in use');
}

/** Another's work keeps an accelerator busy as well: where that matters, both are asked. */
export function isInUse(reading: DeviceReading): boolean {
  return isBusy(reading) || holdsMemory(reading);
}

function isBusy({ utilization }: DeviceReading): boolean {
  return utilization !== null && utilization > 0;
}

function holdsMemory({ memoryUsedBytes, baselineBytes }: DeviceReading): boolean {
  return memoryUsedBytes !== null && memoryUsedBytes > (baselineBytes ?? 0) + ownBytes;
}

function yellow(text: string): Reason {
  return { color: 'yellow', text };
}
