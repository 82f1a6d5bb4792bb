import { describe, expect, it } from 'vitest';
import { acceleratorsFree, idleMemoryBytes } from '../../src/facts/accelerators-free.ts';
import { compareDeclared } from '../../src/facts/declared.ts';
import type { RequirementRules } from '../../src/facts/requirement-rules.ts';
import { compareRequirements, listRequirements } from '../../src/facts/requirements.ts';
import { parseSize } from '../../src/language/units.ts';
import { acceleratorOf, factsOf, found } from './facts-support.ts';

const nothing: RequirementRules = {
  ...{ accelerators: null, python: null, driver: null, cuda: null, rocm: null, disk: null },
  ...{ memory: null, cpus: null, tools: [], network: [] },
};
const anyAccelerator = { vendor: null, model: null, count: null, memory: null };

const reached = (endpoint: string, reachable: boolean | null) => ({ endpoint, reachable, message: null });

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
        cuda: '>=12.1',
        rocm: null,
        disk: { path: '.', free: parseSize('20GB'), inodes: 1000 },
        memory: parseSize('256GiB'),
        cpus: 32,
        tools: ['git'],
        network: ['huggingface.co:443'],
      },
      factsOf({ network: [{ endpoint: 'huggingface.co:443', reachable: true, message: null }] }),
    );
    expect(rows.map(({ name, result, expected, observed }) => [name, result, expected, observed])).toEqual([
      ['accelerator vendor', 'pass', 'nvidia', '2 × nvidia'],
      ['accelerator model', 'pass', 'A100', '2 × NVIDIA A100 80GB PCIe'],
      ['accelerator count', 'pass', 'at least 2', '2'],
      ['accelerator memory', 'pass', '80GB each (1 % less counts as that)', '2 × 85.9 GB (81920 MiB)'],
      ['driver', 'pass', '>=535', '535.183.01'],
      ['cuda', 'pass', '>=12.1', '12.2'],
      ['python', 'pass', '>=3.10', '3.10.12'],
      ['disk', 'pass', '20 GB free at .', '500 GB'],
      ['disk inodes', 'pass', '1000 free at .', '60000000'],
      ['memory', 'pass', '256GiB (8 % less counts as that)', '540 GB'],
      ['cpus', 'pass', 'at least 32', '64'],
      ['tool git', 'pass', 'git on the PATH', '/usr/bin/git'],
      ['network huggingface.co:443', 'pass', 'a connection to huggingface.co:443', 'connected'],
    ]);
  });

  it('that a host does not meet say what was found, and what is unknown is no failure', () => {
    const requires = { memory: parseSize('1TB'), cpus: 128, tools: ['ffmpeg', 'unasked'], network: ['a:1', 'b:2'] };
    const facts = factsOf({ tools: { ffmpeg: null }, network: [reached('a:1', false), reached('b:2', null)] });
    const rows = compareRequirements({ ...nothing, ...requires }, facts);
    expect(rows.map(({ name, result, observed }) => [name, result, observed])).toEqual([
      ['memory', 'fail', '540 GB'],
      ['cpus', 'fail', '64'],
      ['tool ffmpeg', 'fail', 'none'],
      ['tool unasked', 'error', null],
      ['network a:1', 'fail', 'no connection'],
      ['network b:2', 'error', null],
    ]);
  });

  it('of another vendor fail with what is there instead', () => {
    const wanted = { vendor: 'amd' as const, model: 'MI300X', count: 1, memory: null };
    const [vendor] = compareRequirements({ ...nothing, accelerators: wanted }, factsOf());
    expect(vendor).toMatchObject({
      result: 'fail',
      observed: '2 × nvidia',
      message: 'required amd, found 2 × nvidia; choose another host, or correct the playbook',
    });
  });

  it('have the same names whatever a host has', () => {
    const requires = { ...nothing, accelerators: { ...anyAccelerator, count: 1 }, driver: '>=1', tools: ['git'] };
    expect(listRequirements(requires)).toEqual(compareRequirements(requires, factsOf()).map(({ name }) => name));
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
  ])('of %i MiB is enough for %s', (mebibytes, wanted) => expect(ofMemory(mebibytes, wanted)).toBe('pass'));

  it.each([
    [40_960, '80GB'],
    [11_264, '12GB'],
    [16_376, '24GB'],
    [40_960, '48GB'],
  ])('of %i MiB is not enough for %s', (mebibytes, wanted) => expect(ofMemory(mebibytes, wanted)).toBe('fail'));
});

describe('a count', () => {
  it('leaves out accelerators in trouble, and says so', () => {
    const facts = factsOf({ accelerators: found(acceleratorOf(), acceleratorOf({ index: 1, healthy: false })) });
    expect(compareRequirements({ ...nothing, accelerators: { ...anyAccelerator, count: 2 } }, facts)).toEqual([
      {
        name: 'accelerator count',
        result: 'fail',
        expected: 'at least 2',
        observed: '1 healthy of 2',
        message:
          'required at least 2, found 1 healthy of 2; accelerator 1 is in trouble; reset the accelerator or reboot the host, or quarantine it',
      },
    ]);
  });

  it('fails where there are none, and is an error where nobody knows', () => {
    const requires = { accelerators: { ...anyAccelerator, count: 1 } };
    expect(resultOf(requires, factsOf({ accelerators: { kind: 'none' } }))).toBe('fail');
    expect(resultOf(requires, factsOf({ accelerators: { kind: 'no-tool' } }))).toBe('fail');
    const failed = { kind: 'failed' as const, reason: 'driver-failed' as const, message: 'no driver' };
    expect(resultOf(requires, factsOf({ accelerators: failed }))).toBe('error');
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
      message: 'required >=3.10, found nothing that tells; python3: not found',
    });
  });
});

describe('disk', () => {
  it('fails with too little, and is an error when unknown', () => {
    const requires = { disk: { path: '.', free: parseSize('600GB'), inodes: null } };
    expect(resultOf(requires)).toBe('fail');
    expect(
      resultOf(
        requires,
        factsOf({ disks: [{ path: '.', freeBytes: null, totalBytes: null, freeInodes: null, totalInodes: null }] }),
      ),
    ).toBe('error');
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
    const process = { pid: 4242, name: 'python3', memoryBytes: 27e9, user: 'ada', command: 'python3 train.py' };
    const busy = acceleratorOf({ index: 1, memoryUsedBytes: 28e9, processes: [process] });
    expect(acceleratorsFree({ accelerators: found(acceleratorOf(), busy) })).toEqual({
      kind: 'held',
      holders: [{ index: 1, ...process }],
      message: 'accelerator 1: pid 4242 of ada (python3 train.py) using 27 GB',
    });
  });

  it('are held when memory is used and no process can be seen', () => {
    const busy = acceleratorOf({ memoryUsedBytes: idleMemoryBytes + 1 });
    expect(acceleratorsFree({ accelerators: found(busy) })).toMatchObject({
      kind: 'held',
      holders: [{ index: 0, pid: null, memoryBytes: idleMemoryBytes + 1 }],
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
