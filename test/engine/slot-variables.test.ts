import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import type { PlannedHost } from '../../src/engine/plan.ts';
import { slotLines } from '../../src/engine/slot-variables.ts';
import type { Vendor } from '../../src/facts/accelerators.ts';

function hostOf(vendor: Vendor, indices: number[] | null): PlannedHost {
  return {
    name: 'box:some',
    ...(indices === null ? {} : { slot: { name: 'some', indices } }),
    reach: { kind: 'embedded', machine: 'a100x2' },
    accelerators: { vendor, model: 'X', count: 2, memory: null },
    cost: null,
    remoteDir: null,
    setup: '',
  };
}

function environmentOf(host: PlannedHost, env: Record<string, string> = {}): string[] {
  const text = execFileSync('/bin/sh', ['-c', `${slotLines({ host })}env`], { env: { PATH: process.env['PATH'], ...env } });
  return text
    .toString()
    .split('\n')
    .filter((line) => /^(FLEET_SLOT|CUDA|HIP|ROCR|TPU)/.test(line))
    .toSorted();
}

describe('the environment of a run in a slot', () => {
  it.each([
    ['nvidia', [1], ['CUDA_DEVICE_ORDER=PCI_BUS_ID', 'CUDA_VISIBLE_DEVICES=1', 'FLEET_SLOT=some']],
    ['amd', [0, 3], ['FLEET_SLOT=some', 'HIP_VISIBLE_DEVICES=0,3']],
    [
      'google',
      [2, 3],
      ['FLEET_SLOT=some', 'TPU_CHIPS_PER_PROCESS_BOUNDS=1,2,1', 'TPU_PROCESS_BOUNDS=1,1,1', 'TPU_VISIBLE_CHIPS=2,3'],
    ],
  ] as const)('of %s shows %j alone', (vendor, indices, lines) => {
    expect(environmentOf(hostOf(vendor, [...indices]))).toEqual(lines);
  });

  it('is not widened by what a playbook says of cards', () => {
    expect(environmentOf(hostOf('nvidia', [1]), { CUDA_VISIBLE_DEVICES: '0,1' })).toContain('CUDA_VISIBLE_DEVICES=1');
  });

  it.each(['', '-1'])('leaves a run on the CPU without any card, asked for by "%s"', (none) => {
    expect(environmentOf(hostOf('nvidia', [1]), { CUDA_VISIBLE_DEVICES: none })).toContain(`CUDA_VISIBLE_DEVICES=${none}`);
  });

  it('is what it was for a run that has the whole host', () => {
    expect(environmentOf(hostOf('nvidia', null))).toEqual([]);
  });
});
