import { describe, expect, it, vi } from 'vitest';
import { readAmd } from '../../src/facts/amd/amd.ts';
import { parseAmdSmi } from '../../src/facts/amd/amd-smi.ts';
import { readJsonAfterText } from '../../src/facts/amd/json.ts';
import { parseRocmSmi } from '../../src/facts/amd/rocm-smi.ts';
import { parseRocminfo } from '../../src/facts/amd/rocminfo.ts';
import { parseSections } from '../../src/facts/sections.ts';
import { amdFormats, rocminfo } from './formats/amd.ts';
import { writeAnswer, type ToolAnswer } from './facts-support.ts';

function read(answers: Record<string, ToolAnswer | string>) {
  return readAmd(parseSections(writeAnswer(answers)));
}

function accelerators(answers: Record<string, ToolAnswer | string>) {
  const answer = read(answers);
  return answer.kind === 'found' ? answer.accelerators : [];
}

const missing = { text: 'sh: rocm-smi: not found', exitCode: 127 };

describe('rocm-smi', () => {
  it('of the 6th kind is read with bytes, percent, degrees and watts; what is N/A or an id alone is unknown', () => {
    const answer = { 'rocm-smi': amdFormats.rocmSmi6, 'rocm-version': '6.2.4-139' };
    expect(accelerators(answer)).toMatchObject([
      {
        vendor: 'amd',
        model: 'Radeon RX 5600 XT',
        index: 0,
        uuid: null,
        busId: '0000:03:00.0',
        memoryBytes: 6_425_673_728,
        memoryUsedBytes: 17_281_024,
        utilization: 3,
        temperature: 43,
        power: 8,
        driver: '6.7.0',
        runtime: '6.2.4',
        architecture: 'gfx1010',
        healthy: true,
        notes: [],
        processes: null,
      },
      { index: 1, model: null, memoryUsedBytes: null, utilization: null, temperature: null },
    ]);
  });

  it('of the 5th kind has other spellings', () => {
    expect(accelerators({ 'rocm-smi': amdFormats.rocmSmi5 })).toMatchObject([
      {
        model: 'Navi 10 [Radeon RX 5600 OEM/5600 XT / 5700/5700 XT]',
        memoryUsedBytes: 5e9,
        utilization: 99,
        architecture: 'gfx1010',
      },
    ]);
  });

  it.each([
    ['blank lines', '\n\n'],
    ['a low-power warning', '\n\nWARNING: AMD GPU device(s) is/are in a low-power state. Check power control/runtime_status\n\n'],
    ['an exception', 'Exception caught: map::at\n'],
    ['a banner with brackets', '[ok] welcome {to} gpu1\n{ not json }\n'],
  ])('is read after %s', (_, before) => {
    expect(accelerators({ 'rocm-smi': before + amdFormats.rocmSmi6 })).toHaveLength(2);
  });

  it('tells of an exception, and not of cards that sleep', () => {
    const warning = 'WARNING: AMD GPU device(s) is/are in a low-power state. Check power control/runtime_status';
    expect(read({ 'rocm-smi': `Exception caught: map::at\n${warning}\n${amdFormats.rocmSmi6}` })).toMatchObject({
      problems: ['Exception caught: map::at'],
    });
  });

  it('is the same as CSV and as plain text', () => {
    const same = { model: 'Radeon RX 5600 XT', memoryBytes: 6_425_673_728, memoryUsedBytes: 17_281_024 };
    expect(accelerators({ 'rocm-smi': amdFormats.csv })).toMatchObject([{ ...same, utilization: 3 }]);
    expect(accelerators({ 'rocm-smi': { text: 'error', exitCode: 2 }, 'rocm-fewer': amdFormats.text })).toMatchObject([
      { ...same, utilization: 12 },
    ]);
    expect(parseRocmSmi(amdFormats.text).others).toEqual([]);
  });

  it.each([
    ['0x0', null],
    ['0x0000000000000000', null],
    ['N/A', null],
    ['0x5c88007d4f2e1b03', '0x5c88007d4f2e1b03'],
  ])('with the unique id %s has the uuid %s', (id, uuid) => {
    const text = JSON.stringify({ card0: { 'Unique ID': id } });
    expect(accelerators({ 'rocm-smi': text })).toMatchObject([{ uuid }]);
  });

  it('of the 5th kind is no other chip for the id of its board', () => {
    const text = 'GPU[0]\t\t: Card series: \t\tNavi 10\nGPU[0]\t\t: Card model: \t\t0x7420\n';
    expect(accelerators({ 'rocm-smi': { text: 'refused', exitCode: 2 }, 'rocm-fewer': text })).toMatchObject([
      { architecture: null, notes: [] },
    ]);
  });

  it('whose name is that of several cards gives way to the name that rocminfo knows', () => {
    const answer = { 'rocm-smi': amdFormats.rocmSmi5, rocminfo: rocminfo('gfx1010') };
    expect(accelerators(answer)).toMatchObject([{ model: 'AMD Radeon RX 5600 XT' }]);
  });

  it('tells processes; the kernel says on which card, and how much they hold there', () => {
    const [first, second] = accelerators({ 'rocm-smi': amdFormats.rocmSmi6, 'amd-processes': amdFormats.processes });
    const unplaced = { pid: 4300, user: null, command: 'python3', memoryBytes: 0 };
    expect(first?.processes).toEqual([
      { pid: 4242, user: 'mia', command: 'python3 train.py --epochs 3', memoryBytes: 2_147_000_000 },
      unplaced,
    ]);
    expect(second?.processes).toMatchObject([{ pid: 4242, memoryBytes: 0 }, unplaced]);
    expect(accelerators({ 'rocm-smi': amdFormats.rocmSmi6, 'amd-processes': '{"system": {}}' })[0]?.processes).toEqual([]);
  });
});

describe('JSON between other text', () => {
  it('is looked for a few times, however many brackets there are', ({ onTestFinished }) => {
    const parse = vi.spyOn(JSON, 'parse');
    onTestFinished(() => void parse.mockRestore());
    expect(readJsonAfterText('[{}\n'.repeat(400)).value).toBeUndefined();
    expect(parse.mock.calls.length).toBeLessThan(100);
  });

  it('ends where its bracket closes', () => {
    const document = { card0: { a: '1' } };
    for (const text of [JSON.stringify(document), JSON.stringify(document, null, 4)]) {
      expect(readJsonAfterText(`a banner\n[ok]\n${text}\nmore [text]\n`)).toEqual({
        value: document,
        before: ['a banner', '[ok]'],
      });
    }
  });
});

describe('an RX 5600 XT that is told to be a gfx1030', () => {
  it('is known by its chip, and says so', () => {
    const answer = { 'rocm-smi': amdFormats.rocmSmi5, rocminfo: rocminfo('gfx1030') };
    expect(accelerators(answer)).toMatchObject([
      {
        architecture: 'gfx1010',
        notes: ['override active (HSA_OVERRIDE_GFX_VERSION=10.3.0): chip 0x731f is gfx1010, and reports gfx1030'],
      },
    ]);
  });

  it('says nothing without the override', () => {
    expect(accelerators({ 'rocm-smi': amdFormats.rocmSmi5, rocminfo: rocminfo('gfx1010') })[0]?.notes).toEqual([]);
  });

  it('is no gfx1030 to rocminfo alone either, where there is no other tool', () => {
    const answer = { 'rocm-smi': missing, 'amd-smi': missing, rocminfo: rocminfo('gfx1030') };
    expect(accelerators(answer)).toMatchObject([
      { model: 'AMD Radeon RX 5600 XT', architecture: 'gfx1010', memoryBytes: 6_275_072 * 1024, driver: '6.7.0', uuid: null },
    ]);
  });
});

describe('amd-smi', () => {
  const document = (value: object) => JSON.stringify(value);
  const parts = (metric: unknown) =>
    [
      `fleet-amd-smi list\n${document([amdFormats.list])}`,
      `fleet-amd-smi static\n${document([amdFormats.staticData])}`,
      `fleet-amd-smi metric\n${JSON.stringify(metric)}`,
      `fleet-amd-smi process\n${document([{ gpu: 0, process_list: [{ process_info: 'No running processes detected' }] }])}`,
    ].join('\n');

  it.each([
    ['a list', [amdFormats.metric]],
    ['gpu_data', { gpu_data: [amdFormats.metric] }],
  ])('is read from %s', (_, metric) => {
    expect(accelerators({ 'rocm-smi': missing, 'amd-smi': parts(metric) })).toMatchObject([
      {
        model: 'AMD Radeon RX 7800 XT',
        index: 0,
        uuid: amdFormats.list.uuid,
        busId: '0000:03:00.0',
        memoryBytes: 16_368 * 2 ** 20,
        memoryUsedBytes: 14_569 * 2 ** 20,
        utilization: 37,
        temperature: 61,
        power: 120,
        driver: '6.10.5',
        architecture: 'gfx1101',
        processes: [],
      },
    ]);
  });

  it('whose values are N/A knows nothing', () => {
    const nothing = {
      gpu: 1,
      usage: 'N/A',
      power: { socket_power: 'N/A' },
      mem_usage: { total_vram: 'N/A', used_vram: { value: 'N/A', unit: 'MB' } },
    };
    expect(parseAmdSmi(JSON.stringify([nothing])).accelerators).toMatchObject([
      { index: 1, utilization: null, power: null, memoryBytes: null, memoryUsedBytes: null, processes: null },
    ]);
  });

  it('names processes', () => {
    const process = { name: 'python3', pid: 77, memory_usage: { vram_mem: { value: 2_147_483_648, unit: 'B' } } };
    const text = `fleet-amd-smi metric\n${document([amdFormats.metric])}\nfleet-amd-smi process\n${document([{ gpu: 0, process_list: [{ process_info: process }] }])}`;
    expect(parseAmdSmi(text).accelerators[0]?.processes).toEqual([
      { pid: 77, user: null, command: 'python3', memoryBytes: 2_147_483_648 },
    ]);
  });
});

describe('no list of AMD', () => {
  const noModule = 'ROCk module is NOT loaded, possibly no GPU devices';
  const denied = `ROCk module is loaded
Unable to open /dev/kfd read-write: Permission denied
mia is not member of "render" group, the default DRM access group. Users must be a member of the "render" group or another DRM access group in order for ROCm applications to run successfully.`;

  const noPython = { text: "/usr/bin/env: 'python3': No such file or directory", exitCode: 127 };
  const noLibrary =
    'error while loading shared libraries: libhsa-runtime64.so.1: cannot open shared object file: No such file or directory';

  it.each([
    ['no tool', { 'rocm-smi': missing, 'amd-smi': missing, rocminfo: missing }, { kind: 'no-tool' }],
    ['no answer', {}, { kind: 'no-tool' }],
    ['tools that know of none', { 'rocm-smi': '{}', rocminfo: 'ROCk module is loaded' }, { kind: 'none' }],
    [
      'no module',
      { 'rocm-smi': missing, rocminfo: { text: noModule, exitCode: 1 } },
      { reason: 'driver-failed', message: noModule },
    ],
    [
      'no driver',
      { 'rocm-smi': { text: 'ERROR:root:Driver not initialized (amdgpu not found in modules)', exitCode: 1 } },
      { reason: 'driver-failed' },
    ],
    ['no right', { 'rocm-smi': missing, rocminfo: { text: denied, exitCode: 1 } }, { reason: 'permission-denied' }],
    ['a tool that hangs', { 'rocm-smi': { text: '', exitCode: 137, late: true } }, { reason: 'probe-hung' }],
    [
      'text that is no list',
      { 'rocm-smi': 'hello' },
      { reason: 'unreadable', message: expect.stringContaining('hello') as string },
    ],
    ['a list that is cut off', { 'rocm-smi': amdFormats.rocmSmi6.slice(0, 400) }, { reason: 'unreadable' }],
    ['no word of rocm-smi', { 'rocm-smi': '\n\n' }, { reason: 'unreadable' }],
    ['rocm-smi that has nothing to report', { 'rocm-smi': 'WARNING: No JSON data to report' }, { kind: 'none' }],
    [
      'no python for rocm-smi',
      { 'rocm-smi': noPython, 'rocm-fewer': { text: '', exitCode: 127 }, 'amd-smi': missing, rocminfo: missing },
      { kind: 'failed', reason: 'unreadable', message: `rocm-smi cannot run: ${noPython.text}` },
    ],
    [
      'no library for rocminfo',
      { 'rocm-smi': missing, rocminfo: { text: `rocminfo: ${noLibrary}`, exitCode: 127 } },
      { kind: 'failed', reason: 'library-missing', message: `rocminfo cannot run: rocminfo: ${noLibrary}` },
    ],
    ['anything else', { 'rocm-smi': { text: 'Traceback: no', exitCode: 1 } }, { reason: 'unreadable' }],
  ])('with %s is told apart', (_, answers: Record<string, ToolAnswer | string>, expected) => {
    expect(read(answers)).toMatchObject(expected);
  });

  it('a card that this user may not open is in trouble, though rocm-smi lists it', () => {
    const answer = { 'rocm-smi': amdFormats.rocmSmi5, rocminfo: { text: denied, exitCode: 1 } };
    expect(accelerators(answer)[0]).toMatchObject({ healthy: false, memoryBytes: 6_425_673_728 });
    expect(accelerators(answer)[0]?.notes[0]).toContain('is not member of "render" group');
  });

  it('a card that the runtime cannot use is in trouble, though rocm-smi lists it', () => {
    const line = 'Call returned HSA_STATUS_ERROR_OUT_OF_RESOURCES: The runtime failed to allocate the necessary resources.';
    const text = `ROCk module is loaded\nhsa api call failure at: /src/rocminfo/rocminfo.cc:1282\n${line}`;
    expect(read({ 'rocm-smi': amdFormats.rocmSmi5, rocminfo: { text, exitCode: 1 } })).toMatchObject({
      kind: 'found',
      problems: [`rocminfo: ${line}`],
      accelerators: [{ healthy: false, notes: [`rocminfo: ${line}`] }],
    });
  });

  it('rocminfo that ends in another way is told beside the cards that rocm-smi lists, and says nothing of them', () => {
    expect(read({ 'rocm-smi': amdFormats.rocmSmi5, rocminfo: { text: 'Segmentation fault', exitCode: 139 } })).toMatchObject({
      problems: ['rocminfo ended with exit status 139: Segmentation fault'],
      accelerators: [{ healthy: true }],
    });
  });

  it('rocm-smi that cannot be read is told beside the cards that rocminfo knows', () => {
    expect(read({ 'rocm-smi': 'hello', rocminfo: rocminfo('gfx1010') })).toMatchObject({
      problems: ['rocm-smi gave no answer that can be read: hello'],
      accelerators: [{ model: 'AMD Radeon RX 5600 XT' }],
    });
  });

  it('the module tells its version, or not', () => {
    expect(parseRocminfo('ROCk module is loaded').driver).toBeNull();
    expect(parseRocminfo('ROCk module version 6.10.5 is loaded').driver).toBe('6.10.5');
  });
});
