import { describe, expect, it } from 'vitest';
import { readNvidia } from '../../src/facts/nvidia/nvidia.ts';
import { parseNvidiaTable } from '../../src/facts/nvidia/table.ts';
import { parseSections } from '../../src/facts/sections.ts';
import { nvidiaTables } from './formats/nvidia-tables.ts';
import { writeAnswer } from './facts-support.ts';

const mebibyte = 2 ** 20;

describe('the table of nvidia-smi', () => {
  it('of the 410s, without columns for slices and with cut names', () => {
    expect(parseNvidiaTable(nvidiaTables.v418)).toMatchObject({
      driver: '418.87.00',
      cuda: '10.1',
      accelerators: [
        { model: 'GeForce GTX 108...', index: 0, busId: '00000000:01:00.0', temperature: 61, power: 190, utilization: 97 },
      ],
      processes: [{ index: 0, process: { pid: 29001, command: 'python', memoryBytes: 10795 * mebibyte } }],
    });
  });

  it('of the 470s, 79 columns wide', () => {
    expect(parseNvidiaTable(nvidiaTables.v470)).toMatchObject({
      driver: '470.57.02',
      cuda: '11.4',
      accelerators: [
        {
          model: 'Tesla T4',
          memoryBytes: 15109 * mebibyte,
          memoryUsedBytes: 0,
          utilization: 0,
          temperature: 39,
          power: 9,
          sliced: null,
          healthy: true,
        },
        { model: 'NVIDIA A100-SXM...', sliced: true, utilization: null, power: null },
      ],
      processes: [],
    });
  });

  it('of the 535s, wider, with a process that draws and two that compute', () => {
    const { accelerators, processes } = parseNvidiaTable(nvidiaTables.v535);
    expect(accelerators).toMatchObject([{ model: 'NVIDIA A100 80GB PCIe', power: 65, sliced: false }, { index: 1 }]);
    expect(processes?.map(({ process }) => process.pid)).toEqual([31337, 31338]);
  });

  it('of the 580s, with rules of another shape and other words in its header', () => {
    expect(parseNvidiaTable(nvidiaTables.v580)).toMatchObject({
      driver: '580.65.06',
      cuda: '13.0',
      accelerators: [{ model: 'NVIDIA RTX A4000', memoryBytes: 16376 * mebibyte, utilization: 3 }],
    });
  });

  it('with a lost device in the middle has the others, and the lost one in trouble', () => {
    const { accelerators, others } = parseNvidiaTable(nvidiaTables.lost);
    expect(accelerators.map(({ index, healthy }) => [index, healthy])).toEqual([
      [0, true],
      [1, false],
      [3, true],
    ]);
    expect(others).toContain('Unable to determine the device handle for GPU0000:AF:00.0: Unknown Error');
    expect(accelerators[1]).toMatchObject({ memoryUsedBytes: null, temperature: null });
  });
});

describe('a driver whose queries all fail', () => {
  const refused = { text: 'Field "index" is not a valid field to query.', exitCode: 2 };

  it('is read from its table', () => {
    const sections = parseSections(
      writeAnswer({ nvidia: refused, 'nvidia-fewer': refused, 'nvidia-table': nvidiaTables.v535, 'nvidia-processes': refused }),
    );
    expect(readNvidia(sections)).toMatchObject({
      kind: 'found',
      accelerators: [
        { driver: '535.183.01', runtime: '12.2', processes: [{ pid: 31337 }] },
        { index: 1, processes: [{ pid: 31338 }] },
      ],
    });
  });
});

it('a query and a table are one list: the table adds the version of CUDA, the bus, and what is in trouble', () => {
  const row = (index: number) => `${index}, NVIDIA RTX A4000, GPU-${index}, 535.183.01, 16376, 5, 0, 30, 15.2, [N/A]`;
  const sections = parseSections(writeAnswer({ nvidia: `${row(0)}\n${row(1)}`, 'nvidia-table': nvidiaTables.lost }));
  expect(readNvidia(sections)).toMatchObject({
    accelerators: [
      { runtime: '12.2', busId: '00000000:3B:00.0', healthy: true },
      { index: 1, healthy: false, notes: ['nvidia-smi shows ERR!', 'GPU is lost'] },
    ],
  });
});
