import { describe, expect, it } from 'vitest';
import { acceleratorsFree, idleMemoryBytes } from '../../src/facts/accelerators-free.ts';
import { compareDeclared } from '../../src/facts/declared.ts';
import { whyNoAccelerator } from '../../src/facts/accelerator-requirements.ts';
import { compareRequirements } from '../../src/facts/requirements.ts';
import type { RequirementRules } from '../../src/facts/requirement-rules.ts';
import { parseSize } from '../../src/language/units.ts';
import { readSlice } from '../../src/facts/tpu/slice.ts';
import { acceleratorOf, factsOf, found } from './facts-support.ts';

const nothing: RequirementRules = { accelerators: null, python: null, driver: null, disk: null };
const anyAccelerator = { vendor: null, model: null, count: null, memory: null };

function resultOf(requires: Partial<RequirementRules>, facts = factsOf()) {
  const rows = compareRequirements({ ...nothing, ...requires }, facts);
  return rows.length === 1 ? rows[0]?.result : rows.map(({ result }) => result);
}

function ofModel(model: string, wanted: string) {
  return resultOf(
    { accelerators: { ...anyAccelerator, model: wanted } },
    factsOf({ accelerators: found(acceleratorOf({ model })) }),
  );
}

function ofMemory(mebibytes: number, wanted: string) {
  const facts = factsOf({ accelerators: found(acceleratorOf({ memoryBytes: mebibytes * 2 ** 20 })) });
  return resultOf({ accelerators: { ...anyAccelerator, memory: parseSize(wanted) } }, facts);
}

describe('requirements', () => {
  it('that a host meets all pass, each with what was expected and observed', () => {
    const rows = compareRequirements(
      {
        accelerators: { vendor: 'nvidia', model: 'A100', count: 2, memory: parseSize('80GB') },
        python: '>=3.10',
        driver: '>=535',
        disk: { path: '.', free: parseSize('20GB') },
      },
      factsOf(),
    );
    expect(rows.map(({ name, result, expected, observed }) => [name, result, expected, observed])).toEqual([
      ['accelerator vendor', 'pass', 'nvidia', 'nvidia'],
      ['accelerator model', 'pass', 'A100', '2 × NVIDIA A100 80GB PCIe'],
      ['accelerator count', 'pass', 'at least 2', '2'],
      ['accelerator memory', 'pass', '80GB each (1 % less counts as that)', '2 × 85.9 GB (81920 MiB)'],
      ['driver', 'pass', '>=535', '535.183.01'],
      ['python', 'pass', '>=3.10', '3.10.12'],
      ['disk', 'pass', '20 GB free at .', '500 GB'],
    ]);
  });

  it('that are not stated give no rows', () => {
    expect(compareRequirements(nothing, factsOf())).toEqual([]);
  });
});

describe('a model', () => {
  it.each([
    ['NVIDIA A100 80GB PCIe', 'A100'],
    ['NVIDIA A100-SXM4-80GB', 'a100'],
    ['NVIDIA A100-SXM4-80GB', 'A100 80GB'],
    ['NVIDIA RTX A4000', 'RTX A4000'],
    ['NVIDIA H100 80GB HBM3', 'H100'],
  ])('"%s" is a "%s"', (model, wanted) => expect(ofModel(model, wanted)).toBe('pass'));

  it.each([
    ['NVIDIA A100 80GB PCIe', 'A10'],
    ['NVIDIA A10', 'A100'],
    ['NVIDIA A100-PCIE-40GB', 'A100 80GB'],
    ['NVIDIA RTX A4000', 'A400'],
  ])('"%s" is no "%s"', (model, wanted) => expect(ofModel(model, wanted)).toBe('fail'));

  it('that is not known is an error', () => {
    const facts = factsOf({ accelerators: found(acceleratorOf({ model: null })) });
    expect(resultOf({ accelerators: { ...anyAccelerator, model: 'A100' } }, facts)).toBe('error');
  });
});

describe('memory', () => {
  it.each([
    [16_376, '16GB'],
    [16_160, '16GB'],
    [15_360, '16GB'],
    [81_920, '80GB'],
    [81_559, '80GB'],
    [143_771, '141GB'],
    [46_068, '48GB'],
    [81_920, '40GB'],
    [81_920, '80GiB'],
    [81_559, '80GiB'],
    [16_376, '16GiB'],
    [15_109, '16GB'],
    [22_731, '24GB'],
  ])('of %i MiB is enough for %s', (mebibytes, wanted) => expect(ofMemory(mebibytes, wanted)).toBe('pass'));

  it.each([
    [40_960, '80GB'],
    [11_264, '12GB'],
    [16_376, '24GB'],
    [40_960, '48GB'],
    [16_376, '17.5GB'],
    [16_376, '18GiB'],
  ])('of %i MiB is not enough for %s', (mebibytes, wanted) => expect(ofMemory(mebibytes, wanted)).toBe('fail'));
});

describe('a count', () => {
  const two = { accelerators: { ...anyAccelerator, model: 'A100', count: 2 } };

  it('leaves out accelerators in trouble, and says what it is', () => {
    const ill = acceleratorOf({ index: 1, healthy: false, notes: ['utilization.gpu: [GPU requires reset]'] });
    const facts = factsOf({ accelerators: found(acceleratorOf(), ill) });
    expect(compareRequirements({ ...nothing, accelerators: { ...anyAccelerator, count: 2 } }, facts)).toEqual([
      {
        name: 'accelerator count',
        result: 'fail',
        expected: 'at least 2',
        observed: '1 healthy of 2',
        message:
          'required at least 2, found 1 healthy of 2; accelerator 1 is in trouble: utilization.gpu: [GPU requires reset]; ' +
          'reset the accelerator or reboot the host, or quarantine it',
      },
    ]);
  });

  it('counts those of the model and the vendor alone: a small card beside them does no harm, and no good', () => {
    const display = acceleratorOf({ index: 2, model: 'NVIDIA T400', memoryBytes: 2 ** 31 });
    const integrated = acceleratorOf({ vendor: 'amd', model: null, memoryBytes: 2 ** 29, driver: '6.7.0' });
    const wanted = { vendor: 'nvidia' as const, model: 'A100', count: 2, memory: parseSize('80GB') };
    const facts = factsOf({ accelerators: found(acceleratorOf(), acceleratorOf({ index: 1 }), display, integrated) });
    expect(resultOf({ accelerators: wanted, driver: '>=535' }, facts)).toEqual(['pass', 'pass', 'pass', 'pass', 'pass']);
    expect(resultOf(two, factsOf({ accelerators: found(acceleratorOf(), display) }))).toEqual(['pass', 'fail']);
  });

  it('fails where there are none, and is an error where nobody knows', () => {
    const requires = { accelerators: { ...anyAccelerator, count: 1 } };
    expect(resultOf(requires, factsOf({ accelerators: { kind: 'none' } }))).toBe('fail');
    expect(resultOf(requires, factsOf({ accelerators: { kind: 'no-tool' } }))).toBe('fail');
    const failed = { kind: 'failed' as const, reason: 'driver-mismatch' as const, message: 'Driver/library version mismatch' };
    expect(compareRequirements({ ...nothing, ...requires }, factsOf({ accelerators: failed }))[0]).toMatchObject({
      result: 'error',
      message: expect.stringContaining('version mismatch; reboot the host') as string,
    });
  });
});

describe('a row that is not met', () => {
  const declared = { vendor: 'nvidia' as const, model: 'A100', count: 2, memory: parseSize('80GB') };

  it('has declared, required and found side by side, and what to do', () => {
    const facts = factsOf({ accelerators: found(acceleratorOf({ model: 'NVIDIA RTX A4000' })) });
    const requires = { ...nothing, accelerators: { ...anyAccelerator, model: 'H100' }, driver: '>=545' };
    expect(compareRequirements(requires, facts, declared).map(({ message }) => message)).toEqual([
      'declared 2 × nvidia A100 of 80GB, required H100, found NVIDIA RTX A4000; choose another host, or correct the playbook',
      'declared 2 × nvidia A100 of 80GB, required >=545, found 535.183.01; install an NVIDIA driver that is >=545',
    ]);
  });

  it('of another vendor says whose there are', () => {
    const rows = compareRequirements({ ...nothing, accelerators: { ...anyAccelerator, vendor: 'amd' } }, factsOf());
    expect(rows).toMatchObject([{ result: 'fail', expected: 'amd', observed: 'nvidia' }]);
  });
});

describe('an architecture', () => {
  it('stands for a model: that of the chip, not what it is told to report', () => {
    const overridden = acceleratorOf({
      vendor: 'amd',
      model: 'Radeon RX 5600 XT',
      architecture: 'gfx1010',
      notes: ['override active'],
    });
    const model = (wanted: string) =>
      compareRequirements(
        { ...nothing, accelerators: { ...anyAccelerator, model: wanted } },
        factsOf({ accelerators: found(overridden) }),
      )[0];
    expect(model('gfx1010')).toMatchObject({ result: 'pass', message: 'override active' });
    expect(model('gfx1030')).toMatchObject({ result: 'fail', message: expect.stringContaining('override active') as string });
  });
});

describe('a cut name of an old table', () => {
  it('is not known to be another model', () => {
    expect(ofModel('NVIDIA GeForce ...', 'GeForce')).toBe('pass');
    expect(ofModel('NVIDIA GeForce ...', 'RTX 3090')).toBe('error');
  });
});

describe('CUDA and ROCm', () => {
  it('are compared with the driver that offers them', () => {
    expect(resultOf({ cuda: '>=12.1' })).toBe('pass');
    expect(resultOf({ cuda: '>=12.4' })).toBe('fail');
    expect(resultOf({ cuda: '>=12.1' }, factsOf({ accelerators: found(acceleratorOf({ runtime: null })) }))).toBe('error');
    const amd = factsOf({ accelerators: found(acceleratorOf({ vendor: 'amd', runtime: '6.2.4' })) });
    expect(resultOf({ rocm: '>=6.2' }, amd)).toBe('pass');
    expect(resultOf({ cuda: '>=12.1' }, amd)).toBe('fail');
  });
});

describe('a TPU slice', () => {
  const slice = readSlice(
    '',
    new Map([
      ['TPU_ACCELERATOR_TYPE', 'v4-64'],
      ['TPU_TOPOLOGY', '2x4x4'],
      ['TPU_HOST_BOUNDS', '1,2,4'],
    ]),
  );
  const wanted = { ...anyAccelerator, vendor: 'google' as const, model: 'v4', topology: '4x2x4', chips: 32, workers: 8 };
  const chip = acceleratorOf({ vendor: 'google', model: 'TPU v4', memoryBytes: null });

  it('has its topology, chips and workers', () => {
    const facts = factsOf({ accelerators: found(chip), tpu: slice });
    expect(resultOf({ accelerators: wanted }, facts)).toEqual(['pass', 'pass', 'pass', 'pass', 'pass']);
    expect(resultOf({ accelerators: { ...wanted, chips: 16 } }, facts)).toEqual(['pass', 'pass', 'pass', 'fail', 'pass']);
  });

  it('that nothing tells of is an error', () => {
    expect(resultOf({ accelerators: wanted }, factsOf({ accelerators: found(chip) }))).toEqual([
      'pass',
      'pass',
      'error',
      'error',
      'error',
    ]);
  });
});

describe('versions', () => {
  it('compare by components', () => {
    expect(resultOf({ python: '>=3.10' }, factsOf({ python: '3.9.18' }))).toBe('fail');
    expect(resultOf({ python: '>=3.9' }, factsOf({ python: '3.10.0' }))).toBe('pass');
    expect(resultOf({ driver: '>=545' })).toBe('fail');
  });

  it('that are not known are errors, with the reason', () => {
    const facts = factsOf({ python: null, problems: ['python3: not found'] });
    expect(compareRequirements({ ...nothing, python: '>=3.10' }, facts)[0]).toMatchObject({
      result: 'error',
      message: 'required >=3.10, found unknown; python3: not found',
    });
  });
});

const unknownDisk = { path: '.', freeBytes: null, totalBytes: null, freeInodes: null, totalInodes: null };

describe('disk', () => {
  it('fails with too little, and is an error when unknown', () => {
    const requires = { disk: { path: '.', free: parseSize('600GB') } };
    expect(resultOf(requires)).toBe('fail');
    expect(resultOf(requires, factsOf({ disks: [unknownDisk] }))).toBe('error');
  });

  it('has inodes too, unless its file system has no limit of them', () => {
    const requires = { disk: { path: '.', free: parseSize('1GB'), inodes: 70_000_000 } };
    expect(resultOf(requires)).toEqual(['pass', 'fail']);
    expect(resultOf(requires, factsOf({ disks: [{ ...unknownDisk, freeBytes: 2e9 }] }))).toEqual(['pass', 'pass']);
    expect(resultOf(requires, factsOf({ disks: [unknownDisk] }))).toEqual(['error', 'error']);
  });
});

describe('the machine', () => {
  it('has memory and CPUs', () => {
    expect(resultOf({ memory: parseSize('512GB'), cpus: 64 })).toEqual(['pass', 'pass']);
    expect(resultOf({ memory: parseSize('512GiB'), cpus: 65 })).toEqual(['pass', 'fail']);
    expect(resultOf({ memory: parseSize('1TB'), cpus: 1 }, factsOf({ cpuCount: null }))).toEqual(['fail', 'error']);
  });

  it('has tools, or not, or nobody looked', () => {
    expect(compareRequirements({ ...nothing, tools: ['git', 'ffmpeg', 'jq'] }, factsOf())).toMatchObject([
      { name: 'tool git', result: 'pass', observed: '/usr/bin/git' },
      { name: 'tool ffmpeg', result: 'fail', message: expect.stringContaining('install ffmpeg') as string },
      { name: 'tool jq', result: 'error' },
    ]);
  });

  it('connects, or does not, or could not try', () => {
    const network = [
      { endpoint: 'a:1', reachable: true, message: null },
      { endpoint: 'b:2', reachable: false, message: '[Errno 111] Connection refused' },
      { endpoint: 'c:3', reachable: null, message: 'it was not tried' },
    ];
    const rows = compareRequirements({ ...nothing, network: ['a:1', 'b:2', 'c:3'] }, factsOf({ network }));
    expect(rows.map(({ name, result, observed }) => [name, result, observed])).toEqual([
      ['network a:1', 'pass', 'connected'],
      ['network b:2', 'fail', '[Errno 111] Connection refused'],
      ['network c:3', 'error', null],
    ]);
  });
});

describe('a host without accelerators', () => {
  it('is told from one of which nobody knows', () => {
    expect(whyNoAccelerator({ accelerators: { kind: 'none' } })).toBe('this host has no accelerators');
    expect(whyNoAccelerator({ accelerators: { kind: 'no-tool' } })).toContain('no tool of any vendor');
    expect(whyNoAccelerator(factsOf())).toBeNull();
    expect(whyNoAccelerator({ accelerators: { kind: 'failed', reason: 'probe-hung', message: 'hung' } })).toBeNull();
  });
});

describe('what the inventory declares', () => {
  const declared = { vendor: 'nvidia' as const, model: 'A100 80GB', count: 2, memory: parseSize('80GB') };

  it('passes when it is true', () => {
    expect(compareDeclared(declared, factsOf()).result).toBe('pass');
  });

  it('fails with everything that differs', () => {
    const small = acceleratorOf({ model: 'NVIDIA A100-PCIE-40GB', memoryBytes: 40_960 * 2 ** 20 });
    expect(compareDeclared(declared, factsOf({ accelerators: found(small) }))).toMatchObject({
      result: 'fail',
      message:
        'the inventory says otherwise: 1 accelerators instead of 2; accelerator 0 is "NVIDIA A100-PCIE-40GB"; accelerator 0 has 42.9 GB (40960 MiB)',
    });
  });

  it('does not count a card of another kind beside them, as one in the processor', () => {
    const card = acceleratorOf({ vendor: 'amd', model: 'Radeon RX 5600 XT', memoryBytes: 6_425_673_728 });
    const integrated = acceleratorOf({ vendor: 'amd', model: null, memoryBytes: 512 * 2 ** 20, index: 1 });
    const amd = { vendor: 'amd' as const, model: 'RX 5600 XT', count: 1, memory: parseSize('6GB') };
    expect(compareDeclared(amd, factsOf({ accelerators: found(card, integrated) })).result).toBe('pass');
    expect(
      compareDeclared(declared, factsOf({ accelerators: found(...[0, 1, 2].map((index) => acceleratorOf({ index }))) })),
    ).toMatchObject({ result: 'fail', message: 'the inventory says otherwise: 3 accelerators instead of 2' });
  });

  it('counts the chips of a whole slice, of which a worker has some, and whose memory only a workload tells', () => {
    const chips = [0, 1, 2, 3].map((index) => acceleratorOf({ vendor: 'google', model: 'TPU v4', index, memoryBytes: null }));
    const slice = { vendor: 'google' as const, model: 'v4', count: 32, memory: parseSize('32GiB') };
    const tpu = readSlice('', new Map([['TPU_ACCELERATOR_TYPE', 'v4-64']]));
    expect(compareDeclared(slice, factsOf({ accelerators: found(...chips), tpu })).result).toBe('pass');
    expect(compareDeclared(slice, factsOf({ accelerators: found(...chips) }))).toMatchObject({
      result: 'fail',
      message: 'the inventory says otherwise: 4 accelerators instead of 32',
    });
  });

  it('is wrong about a larger card too', () => {
    expect(compareDeclared({ ...declared, model: 'A100', memory: parseSize('40GB') }, factsOf()).result).toBe('fail');
  });

  it('is skipped when there is nothing, and an error when it cannot be compared', () => {
    expect(compareDeclared(null, factsOf()).result).toBe('skip');
    const unknown = factsOf({ accelerators: found(acceleratorOf(), acceleratorOf({ memoryBytes: null })) });
    expect(compareDeclared(declared, unknown).result).toBe('error');
    expect(compareDeclared({ ...declared, vendor: 'amd' }, factsOf()).result).toBe('fail');
  });
});

describe('accelerators', () => {
  it('are free with no process and little used memory', () => {
    const idle = acceleratorOf({ memoryUsedBytes: idleMemoryBytes });
    expect(acceleratorsFree({ accelerators: found(idle) })).toEqual({ kind: 'free' });
  });

  it('are held by the processes on them, which are named', () => {
    const process = { pid: 4242, user: 'mia', command: 'python3 train.py', memoryBytes: 27e9 };
    const busy = acceleratorOf({ index: 1, memoryUsedBytes: 28e9, processes: [process] });
    expect(acceleratorsFree({ accelerators: found(acceleratorOf(), busy) })).toEqual({
      kind: 'held',
      holders: [{ index: 1, ...process }],
      message: 'accelerator 1: pid 4242 of mia (python3 train.py) using 27 GB',
    });
  });

  it('are held when memory is used and no process can be seen', () => {
    const busy = acceleratorOf({ memoryUsedBytes: idleMemoryBytes + 1 });
    expect(acceleratorsFree({ accelerators: found(busy) })).toMatchObject({
      kind: 'held',
      holders: [{ index: 0, pid: null, user: null, command: null, memoryBytes: idleMemoryBytes + 1 }],
    });
  });

  it.each([
    ['unknown used memory', found(acceleratorOf({ memoryUsedBytes: null }))],
    ['unknown processes', found(acceleratorOf({ processes: null }))],
    ['a failed probe', { kind: 'failed' as const, reason: 'probe-hung' as const, message: 'no answer' }],
    ['no tool', { kind: 'no-tool' as const }],
    ['no accelerators', { kind: 'none' as const }],
  ])('with %s are never taken for free', (_, accelerators) => {
    expect(acceleratorsFree({ accelerators }).kind).toBe('unknown');
  });
});
