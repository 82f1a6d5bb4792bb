import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readNvidia } from '../../src/facts/nvidia/nvidia.ts';
import { parseSections } from '../../src/facts/sections.ts';
import { writeAnswer, type ToolAnswer } from './facts-support.ts';

const uuid0 = 'GPU-5e1c8a1b-0f2d-4c3e-9a4b-1c2d3e4f5a6b';
const uuid1 = 'GPU-7a2d9b2c-1f3e-4d4f-8b5c-2d3e4f5a6b7c';
const first = `0, NVIDIA A100 80GB PCIe, ${uuid0}, 535.183.01, 81920, 27341, 98, 61, 271.35, Disabled`;
const second = `1, NVIDIA A100 80GB PCIe, ${uuid1}, 535.183.01, 81920, 0, 0, 33, 44.10, Disabled`;

function read(answers: Record<string, ToolAnswer | string>) {
  return readNvidia(parseSections(writeAnswer(answers)));
}

function answerOf(text: string, exitCode = 0, processes: ToolAnswer = { text: '' }) {
  return read({ nvidia: { text, exitCode }, 'nvidia-fewer': '', 'nvidia-processes': processes });
}

function acceleratorsOf(text: string, processes?: ToolAnswer) {
  const answer = answerOf(text, 0, processes);
  return answer.kind === 'found' ? answer.accelerators : [];
}

describe('two healthy accelerators', () => {
  it('are read with bytes, percent, degrees and watts', () => {
    expect(acceleratorsOf(`${first}\n${second}\n`)).toMatchObject([
      {
        vendor: 'nvidia',
        model: 'NVIDIA A100 80GB PCIe',
        index: 0,
        uuid: uuid0,
        driver: '535.183.01',
        memoryBytes: 85_899_345_920,
        memoryUsedBytes: 28_669_116_416,
        utilization: 98,
        temperature: 61,
        power: 271.35,
        sliced: false,
        healthy: true,
        processes: [],
      },
      { index: 1, memoryUsedBytes: 0, utilization: 0 },
    ]);
  });

  it('are read the same with a header and with units', () => {
    const header =
      'index, name, uuid, driver_version, memory.total [MiB], memory.used [MiB], utilization.gpu [%], temperature.gpu, power.draw [W], mig.mode.current';
    const withUnits = `0, NVIDIA A100 80GB PCIe, ${uuid0}, 535.183.01, 81920 MiB, 27341 MiB, 98 %, 61, 271.35 W, Disabled`;
    expect(answerOf(`${header}\r\n${withUnits}\r\n`)).toEqual(answerOf(first));
  });

  it('are found between banners and complaints about a lost one, which are told', () => {
    const lost = 'Unable to determine the device handle for GPU0000:3B:00.0: Unknown Error';
    const answer = answerOf(`*** Welcome to prime1 ***\n${first}\n${lost}\n${second}\n`, 15);
    expect(answer).toMatchObject({ kind: 'found', accelerators: [{ index: 0 }, { index: 1 }], problems: [lost] });
  });
});

describe('a value that is no number', () => {
  it.each(['[N/A]', 'N/A', '[Not Supported]', '[Unknown Error]', '[GPU requires reset]', 'ERR!', ''])(
    '"%s" is unknown, never 0',
    (value) => {
      const [accelerator] = acceleratorsOf(
        `0, Tesla T4, ${uuid0}, 470.57.02, ${value}, ${value}, ${value}, ${value}, ${value}, ${value}`,
      );
      expect(accelerator).toMatchObject({
        memoryBytes: null,
        memoryUsedBytes: null,
        utilization: null,
        temperature: null,
        power: null,
        sliced: null,
      });
    },
  );

  it.each(['[Unknown Error]', '[GPU requires reset]', 'ERR!'])('"%s" means trouble', (value) => {
    expect(acceleratorsOf(`0, Tesla T4, ${uuid0}, 470.57.02, 15360, 0, ${value}, 30, 9.1, [N/A]`)[0]?.healthy).toBe(false);
  });

  it.each(['[N/A]', 'N/A', '[Not Supported]'])('"%s" does not', (value) => {
    expect(acceleratorsOf(`0, Tesla T4, ${uuid0}, 470.57.02, 15360, 0, ${value}, 30, 9.1, [N/A]`)[0]?.healthy).toBe(true);
  });
});

describe('a value that says which trouble', () => {
  it('is kept, with the name of the field', () => {
    const [accelerator] = acceleratorsOf(`0, Tesla T4, ${uuid0}, 470.57.02, 15360, 0, [GPU requires reset], 30, 9.1, [N/A]`);
    expect(accelerator?.notes).toEqual(['utilization.gpu: [GPU requires reset]']);
  });
});

describe('a sliced accelerator', () => {
  it('is one accelerator, whose processes may be told under the uuid of a slice', () => {
    const [accelerator] = acceleratorsOf(`0, NVIDIA A100 80GB PCIe, ${uuid0}, 535.183.01, 81920, 900, [N/A], 40, 60.0, Enabled`, {
      text: 'MIG-c6d4f1ef-42e4-5de3-91c7-45d71c87eb3f, 7, python3, 800',
    });
    expect(accelerator).toMatchObject({ sliced: true, utilization: null, processes: [{ pid: 7 }] });
  });
});

describe('processes', () => {
  it('belong to their accelerator, and their names may hold commas and blanks', () => {
    const text = `${uuid1}, 4242, python3 train.py --layers 1, 2, 3, 1234\n${uuid1}, 4243, [Not Found], [Insufficient Permissions]`;
    const [none, both] = acceleratorsOf(`${first}\n${second}`, { text });
    expect(none?.processes).toEqual([]);
    expect(both?.processes).toEqual([
      { pid: 4242, user: null, command: 'python3 train.py --layers 1, 2, 3', memoryBytes: 1_293_942_784 },
      { pid: 4243, user: null, command: null, memoryBytes: null },
    ]);
  });

  it('are named by user and whole command line, where they are the same ones here', () => {
    const holders = 'fleet-holder 7 mia python3 train.py --lr 0.1 \nfleet-holder 8 root /sbin/init';
    const text = `${uuid0}, 7, python3, 100\n${uuid0}, 8, /opt/conda/bin/python3, 200\n${holders}`;
    expect(acceleratorsOf(first, { text })[0]?.processes).toEqual([
      { pid: 7, user: 'mia', command: 'python3 train.py --lr 0.1', memoryBytes: 100 * 2 ** 20 },
      // Seen from a container, the tool's pid 8 is not our pid 8.
      { pid: 8, user: null, command: '/opt/conda/bin/python3', memoryBytes: 200 * 2 ** 20 },
    ]);
  });

  it('do not show a secret that somebody gave on a command line', () => {
    const text = `${uuid0}, 7, python3, 100\nfleet-holder 7 mia python3 up.py --api-key hunter2 HF_TOKEN=hunter3 --tokens-per-step 4`;
    expect(acceleratorsOf(first, { text })[0]?.processes?.[0]?.command).toBe(
      'python3 up.py --api-key **** HF_TOKEN=**** --tokens-per-step 4',
    );
  });

  it('are none when only a header or a sentence comes', () => {
    const header = 'gpu_uuid, pid, process_name, used_gpu_memory [MiB]';
    expect(acceleratorsOf(first, { text: header })[0]?.processes).toEqual([]);
    expect(acceleratorsOf(first, { text: 'No running processes found' })[0]?.processes).toEqual([]);
  });

  it('are unknown when the question failed', () => {
    expect(acceleratorsOf(first, { text: 'Unknown Error', exitCode: 255 })[0]?.processes).toBeNull();
  });
});

describe('no list', () => {
  it.each([
    [6, 'No devices were found', { kind: 'none' }],
    [127, 'sh: 1: exec: nvidia-smi: not found', { kind: 'no-tool' }],
    [
      127,
      'nvidia-smi: error while loading shared libraries: libnvidia-ml.so.1: cannot open',
      { kind: 'failed', reason: 'library-missing' },
    ],
    [
      9,
      "NVIDIA-SMI has failed because it couldn't communicate with the NVIDIA driver. Make sure that the latest NVIDIA driver is installed and running.",
      { kind: 'failed', reason: 'driver-failed' },
    ],
    [
      12,
      "NVIDIA-SMI couldn't find libnvidia-ml.so library in your system. Please make sure that the NVIDIA Display Driver is properly installed",
      { kind: 'failed', reason: 'library-missing' },
    ],
    [
      15,
      'Unable to determine the device handle for GPU0000:3B:00.0: Unknown Error',
      { kind: 'failed', reason: 'accelerator-lost' },
    ],
    [15, 'GPU is lost.  Reboot the system to recover this GPU', { kind: 'failed', reason: 'accelerator-lost' }],
    [
      18,
      'Failed to initialize NVML: Driver/library version mismatch\nNVML library version: 550.54',
      { kind: 'failed', reason: 'driver-mismatch' },
    ],
    [1, '', { kind: 'failed', reason: 'unreadable' }],
    [137, '', { kind: 'failed', reason: 'unreadable' }],
  ])('with exit status %i and "%s" is told apart', (exitCode, text, expected) => {
    expect(answerOf(text, exitCode)).toMatchObject(expected);
  });

  it('because of an unknown field is asked again with fewer fields, and says which', () => {
    const answer = read({
      nvidia: { text: 'Field "mig.mode.current" is not a valid field to query.', exitCode: 2 },
      'nvidia-fewer': `0, GeForce GTX 1080 Ti, ${uuid0}, 384.130, 11172, 10, 3`,
      'nvidia-processes': '',
    });
    expect(answer).toMatchObject({
      kind: 'found',
      accelerators: [{ model: 'GeForce GTX 1080 Ti', utilization: 3, temperature: null, power: null, sliced: null }],
      problems: ['nvidia-smi does not know the field "mig.mode.current"'],
    });
  });

  it('because the question was cut off is a failure, not an empty list', () => {
    const cut = parseSections(`fleet-section-begin nvidia\n${first}\n`);
    expect(readNvidia(cut)).toMatchObject({ kind: 'failed', reason: 'unreadable' });
  });

  it('because the tool hung says so, and its other questions were not asked', () => {
    expect(read({ nvidia: { text: '', exitCode: 137, late: true } })).toMatchObject({ kind: 'failed', reason: 'probe-hung' });
  });
});

describe('any text', () => {
  it('gives an answer and never throws', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 200 }), fc.integer({ min: 0, max: 255 }), (text, exitCode) => {
        const answer = answerOf(text, exitCode);
        expect(['found', 'none', 'no-tool', 'failed']).toContain(answer.kind);
      }),
      { numRuns: 100 },
    );
  });

  it('as a name comes back as it was', () => {
    const name = fc.stringMatching(/^[A-Za-z][A-Za-z0-9 ,().-]{0,30}[A-Za-z0-9)]$/);
    fc.assert(
      fc.property(name, (model) => {
        const [accelerator] = acceleratorsOf(`3, ${model}, ${uuid0}, 535.183.01, 81920, 5, 1, 30, 40.0, Disabled`);
        expect(accelerator).toMatchObject({ index: 3, model, memoryUsedBytes: 5 * 2 ** 20 });
      }),
    );
  });
});
