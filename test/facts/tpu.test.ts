import { describe, expect, it } from 'vitest';
import { acceleratorsFree } from '../../src/facts/accelerators-free.ts';
import { parseSections } from '../../src/facts/sections.ts';
import { modelOfType, readSlice } from '../../src/facts/tpu/slice.ts';
import { readTpu } from '../../src/facts/tpu/tpu.ts';
import { tpuFormats } from './formats/tpu.ts';
import { writeAnswer, type ToolAnswer } from './facts-support.ts';

const missing = { text: 'sh: tpu-info: not found', exitCode: 127 };

function read(answers: Record<string, ToolAnswer | string>) {
  const { answer, slice } = readTpu(parseSections(writeAnswer({ 'tpu-info': missing, ...answers })));
  return { answer, slice, chips: answer.kind === 'found' ? answer.accelerators : [] };
}

describe('a worker of a slice', () => {
  it('is told by the metadata of its machine', () => {
    const { slice, chips } = read({ tpu: tpuFormats.local, 'tpu-metadata': tpuFormats.metadata });
    expect(slice).toEqual({
      type: 'v4-64',
      topology: '2x4x4',
      chips: 32,
      chipsPerWorker: 4,
      workers: 8,
      workerIndex: 3,
      zone: 'us-central2-b',
      runtime: 'tpu-ubuntu2204-base',
      endpoints: ['10.130.0.2', '10.130.0.3'],
    });
    expect(chips.map(({ model, index, memoryBytes }) => [model, index, memoryBytes])).toEqual(
      [0, 1, 2, 3].map((index) => ['TPU v4', index, null]),
    );
  });

  it('is told by its environment on GKE', () => {
    const variables = new Map([
      ['TPU_TOPOLOGY', '4x4'],
      ['TPU_WORKER_ID', '1'],
      ['TPU_WORKER_HOSTNAMES', 'job-0.svc,job-1.svc,job-2.svc,job-3.svc'],
    ]);
    expect(readSlice('', variables)).toMatchObject({ type: null, chips: 16, workers: 4, workerIndex: 1, chipsPerWorker: 4 });
  });

  it.each([
    ['v4-8', 4],
    ['v4-64', 32],
    ['v3-8', 4],
    ['v5p-8', 4],
    ['v6e-16', 16],
  ])('of type %s has %i chips', (type, chips) => {
    expect(readSlice('', new Map([['TPU_ACCELERATOR_TYPE', type]]))?.chips).toBe(chips);
  });

  it.each([
    ['v4-64', 4, 8],
    ['v4-8', 4, 1],
    ['v5p-16', 4, 2],
    ['v6e-16', 4, 4],
    ['v6e-8', null, null],
  ])('of which the type %s alone is known has %s chips a worker, and %s workers', (type, chipsPerWorker, workers) => {
    expect(readSlice('', new Map([['TPU_ACCELERATOR_TYPE', type]]))).toMatchObject({ chipsPerWorker, workers });
  });

  it('has the workers that its bounds or its addresses tell, whatever is usual for its type', () => {
    const of = (name: string, value: string) =>
      new Map([
        ['TPU_ACCELERATOR_TYPE', 'v6e-16'],
        [name, value],
      ]);
    expect(readSlice('', of('TPU_CHIPS_PER_HOST_BOUNDS', '2,4,1'))).toMatchObject({ chipsPerWorker: 8, workers: 2 });
    expect(readSlice('', of('TPU_WORKER_HOSTNAMES', 'a,b'))).toMatchObject({ chipsPerWorker: 8, workers: 2 });
  });

  it.each([
    ['v4-64', 'TPU v4'],
    ['v5litepod-16', 'TPU v5e'],
    ['v5p-8', 'TPU v5p'],
    ['v6e-16', 'TPU v6e'],
    ['h100', null],
  ])('of type %s is a %s', (type, model) => expect(modelOfType(type)).toBe(model));
});

describe('tpu-info', () => {
  it('in boxes tells memory, use and who; chips need not be numbered one after the other', () => {
    const { chips } = read({ 'tpu-info': tpuFormats.boxes });
    expect(chips).toMatchObject([
      {
        model: 'TPU v4',
        index: 0,
        memoryBytes: Math.round(31.75 * 2 ** 30),
        memoryUsedBytes: Math.round(2.1 * 2 ** 30),
        utilization: 50,
        processes: [{ pid: 4242 }],
      },
      { index: 2, memoryUsedBytes: 0, utilization: 0, processes: [] },
    ]);
  });

  it('in Markdown is the same', () => {
    expect(read({ 'tpu-info': tpuFormats.markdown }).chips).toMatchObject([
      { model: 'TPU v6e', index: 0, utilization: 100 },
      { index: 1 },
    ]);
  });

  it('without a workload says that it knows no use, which is no trouble', () => {
    const { answer } = read({ 'tpu-info': tpuFormats.idle });
    expect(answer).toMatchObject({
      kind: 'found',
      problems: [],
      accelerators: [{ memoryUsedBytes: null, utilization: null, processes: [] }],
    });
    expect(acceleratorsFree({ accelerators: answer })).toEqual({ kind: 'free' });
  });

  it.each(['TPU Chip Utilization', 'TPU Utilization'])('of an older version has the title %s', (title) => {
    const text = tpuFormats.boxes.replace('TPU Runtime Utilization', title);
    expect(read({ 'tpu-info': text }).chips).toMatchObject([{ utilization: 50 }, { utilization: 0 }]);
  });

  it.each([
    ['the panel', (table: string) => tpuFormats.idle + table, '31.75'],
    ['zeros', (table: string) => tpuFormats.idle.split('╭')[0] + table, '0.00'],
  ])('that measured nothing, and says so by %s, knows no use', (_, write, total) => {
    const table = `TPU Runtime Utilization\n│ 0 │ 0.00 GiB / ${total} GiB │ 0.00% │\n`;
    const unknown = { memoryBytes: null, memoryUsedBytes: null, utilization: null };
    expect(read({ 'tpu-info': write(table) }).chips).toMatchObject([unknown]);
  });

  it('that fails is told, with chips and without', () => {
    const failed = { text: 'Traceback (most recent call last):\nAssertionError: no metric', exitCode: 1 };
    const message = 'tpu-info: AssertionError: no metric (exit status 1)';
    expect(read({ tpu: tpuFormats.local, 'tpu-info': failed }).answer).toMatchObject({ kind: 'found', problems: [message] });
    expect(read({ 'tpu-info': failed }).answer).toMatchObject({ kind: 'failed', reason: 'unreadable', message });
  });

  it('that may not look tells which process has all the chips', () => {
    const message =
      'RuntimeError: ABORTED: The TPU is already in use by process with pid 4242. Not attempting to load libtpu.so.';
    const { answer, chips } = read({ tpu: tpuFormats.local, 'tpu-info': { text: `Traceback:\n${message}\n`, exitCode: 1 } });
    expect(answer).toMatchObject({ problems: [message] });
    expect(chips.map(({ processes }) => processes?.map(({ pid }) => pid))).toEqual([[4242], [4242], [4242], [4242]]);
  });

  it('that hangs is told, and the chips are known all the same', () => {
    const late = { text: '', exitCode: 137, late: true };
    expect(read({ tpu: tpuFormats.local, 'tpu-metadata': tpuFormats.metadata, 'tpu-info': late }).answer).toMatchObject({
      kind: 'found',
      problems: ['tpu-info did not answer in time and was killed'],
    });
  });
});

describe('a chip', () => {
  it.each([
    ['0x005e', 'TPU v4'],
    ['0x0062', 'TPU v5p'],
    ['0x0063', 'TPU v5e'],
    ['0x006f', 'TPU v6e'],
  ])('is known by the id %s on the bus where no metadata tells of it', (id, model) => {
    const tpu = `device=/dev/vfio/0\ndevice=/dev/vfio/3\npci=0x0042\npci=${id}\n`;
    expect(read({ tpu }).chips).toMatchObject([
      { index: 0, model },
      { index: 3, model },
    ]);
  });

  it('is held by the process that has it open', () => {
    const tpu = `${tpuFormats.local}held=/dev/accel1 77\nfleet-holder 77 mia python3 train.py`;
    const { answer, chips } = read({ tpu });
    expect(chips.map(({ processes }) => processes?.length)).toEqual([0, 1, 0, 0]);
    expect(acceleratorsFree({ accelerators: answer })).toMatchObject({
      kind: 'held',
      message: 'accelerator 1: pid 77 of mia (python3 train.py)',
    });
  });

  it('is held by whoever has the lock of libtpu, which every user can see', () => {
    const { chips } = read({ tpu: `${tpuFormats.local}held=/tmp/libtpu_lockfile 9` });
    expect(chips.map(({ processes }) => processes?.[0]?.pid)).toEqual([9, 9, 9, 9]);
  });

  it('is not free while the lock of somebody else lies there', () => {
    const { answer } = read({ tpu: `${tpuFormats.local}lock=/tmp/libtpu_lockfile` });
    expect(acceleratorsFree({ accelerators: answer })).toMatchObject({
      kind: 'held',
      message: expect.stringContaining('accelerator 0: left behind: /tmp/libtpu_lockfile') as string,
    });
  });
});

describe('no list of chips', () => {
  it('is told apart', () => {
    expect(read({ tpu: '' }).answer).toEqual({ kind: 'no-tool' });
    expect(read({ tpu: 'device=/dev/vfio/12' }).answer).toEqual({ kind: 'no-tool' });
    expect(read({ tpu: 'device=/dev/vfio/12\npci=0x0042' }).answer).toEqual({ kind: 'no-tool' });
    expect(read({ 'tpu-info': 'No TPU chips found.' }).answer).toEqual({ kind: 'none' });
    expect(read({ 'tpu-metadata': tpuFormats.metadata }).answer).toMatchObject({
      kind: 'failed',
      message: 'the environment tells of v4-64, and no chip is there',
    });
  });
});
