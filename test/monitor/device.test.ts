import { describe, expect, it } from 'vitest';
import { judgeDevice, type DeviceReading } from '../../src/monitor/device.ts';

const gib = 2 ** 30;
/** A sample every minute. */
const samples = (count: number, of: Partial<DeviceReading>): DeviceReading[] =>
  Array.from({ length: count }, (_, index) => ({
    at: index * 60_000,
    step: index,
    utilization: 0,
    memoryUsedBytes: 0,
    baselineBytes: 0,
    ...of,
  }));

describe('the device that is really used', () => {
  it.each<[string, 'accelerator' | 'cpu', DeviceReading[], string | null]>([
    ['no accelerator in use', 'accelerator', samples(3, {}), 'it runs on the CPU'],
    ['too early to say', 'accelerator', samples(2, {}), null],
    ['no step yet', 'accelerator', samples(9, { step: null }), null],
    ['work on one of two', 'accelerator', [...samples(3, {}), ...samples(1, { utilization: 3 })], null],
    ['memory alone, between two batches', 'accelerator', samples(3, { memoryUsedBytes: 5 * gib }), null],
    [
      'memory that was there before',
      'accelerator',
      samples(3, { memoryUsedBytes: 5 * gib, baselineBytes: 5 * gib }),
      'it runs on the CPU',
    ],
    ['nothing known', 'accelerator', samples(3, { utilization: null, memoryUsedBytes: null }), null],
    ['an idle accelerator', 'cpu', samples(3, {}), null],
    ['work and memory', 'cpu', samples(3, { utilization: 90, memoryUsedBytes: 5 * gib }), 'an accelerator is in use'],
    [
      'work of somebody who was there before',
      'cpu',
      samples(3, { utilization: 90, memoryUsedBytes: 5 * gib, baselineBytes: 5 * gib }),
      null,
    ],
    [
      'work that has ended',
      'cpu',
      [...samples(3, { utilization: 90, memoryUsedBytes: 5 * gib }), ...samples(4, {}).slice(3)],
      null,
    ],
  ])('%s, in a profile for the %s', (_, expected, readings, told) => {
    const reason = judgeDevice(expected, readings);
    if (told === null) expect(reason).toBeNull();
    else expect(reason).toEqual({ color: 'yellow', text: expect.stringContaining(told) as string });
  });
});
