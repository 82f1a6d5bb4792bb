import { describe, expect, it } from 'vitest';
import { parseAccelerators } from '../../src/facts/read-accelerators.ts';
import { amdFormats } from './formats/amd.ts';
import { tpuFormats } from './formats/tpu.ts';
import { writeAnswer } from './facts-support.ts';

const card = '0, NVIDIA RTX A4000, GPU-1, 550.54, 16376, 5, 0, 30, 15.2, [N/A]';
const missing = { text: 'sh: not found', exitCode: 127 };
const noDriver = {
  text: "NVIDIA-SMI has failed because it couldn't communicate with the NVIDIA driver.",
  exitCode: 9,
};

describe('the accelerators of a host', () => {
  it('are those of all vendors; trouble of one loses no other', () => {
    const hung = { text: '', exitCode: 137, late: true };
    expect(
      parseAccelerators(writeAnswer({ nvidia: card, 'rocm-smi': amdFormats.rocmSmi5, 'tpu-info': tpuFormats.idle })),
    ).toMatchObject({ kind: 'found', accelerators: [{ vendor: 'nvidia' }, { vendor: 'amd' }, { vendor: 'google' }] });
    expect(parseAccelerators(writeAnswer({ nvidia: hung, 'rocm-smi': amdFormats.rocmSmi5 }))).toMatchObject({
      kind: 'found',
      accelerators: [{ vendor: 'amd' }],
      problems: ['nvidia-smi did not answer in time and was killed'],
    });
  });

  it('are not known where a driver does not answer for a card that is on the bus', () => {
    const bus = '0x060000 0x8086\n0x030200 0x10de';
    expect(parseAccelerators(writeAnswer({ pci: bus, nvidia: noDriver }))).toMatchObject({
      kind: 'failed',
      reason: 'driver-failed',
    });
    expect(parseAccelerators(writeAnswer({ nvidia: noDriver }))).toMatchObject({ kind: 'failed' });
  });

  it('are none where a driver does not answer and no card is on the bus', () => {
    const bus = '0x060000 0x8086\n0x030000 0x1234\n0x020000 0x10de';
    expect(parseAccelerators(writeAnswer({ pci: bus, nvidia: noDriver, 'rocm-smi': missing }))).toMatchObject({
      kind: 'none',
      because: expect.stringContaining('no card of nvidia is on the PCI bus, and its tool says: ') as string,
    });
  });

  it('are none without any tool', () => {
    expect(parseAccelerators(writeAnswer({ nvidia: missing, 'rocm-smi': missing, 'tpu-info': missing }))).toEqual({
      kind: 'no-tool',
    });
  });
});
