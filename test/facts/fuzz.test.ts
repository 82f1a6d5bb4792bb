import fc from 'fast-check';
import { describe, it } from 'vitest';
import { plainQuestion } from '../../src/facts/facts-script.ts';
import { parseFacts } from '../../src/facts/parse-facts.ts';
import { parseNvidiaTable } from '../../src/facts/nvidia/table.ts';
import { parseAccelerators } from '../../src/facts/read-accelerators.ts';
import { writeAnswer } from './facts-support.ts';

const question = { ...plainQuestion, diskPaths: ['.', '/data'], endpoints: ['a:1', 'b:2'], at: null };
const sections = [
  ...['machine', 'pci', 'tools', 'python', 'git', 'disk-0', 'disk-1', 'network', 'clock-begin', 'clock-end'],
  ...['nvidia', 'nvidia-fewer', 'nvidia-processes', 'nvidia-table'],
  ...['rocm-smi', 'rocm-fewer', 'amd-smi', 'amd-processes', 'rocminfo', 'rocm-version'],
  ...['tpu', 'tpu-metadata', 'tpu-info'],
];

/** Pieces of real answers, in any order and cut anywhere, with what else a terminal can bring. */
const pieces = [
  ...[
    'memory=16384 kB',
    'available=',
    'cpus=8',
    'cpus=-1',
    'uptime=12.5',
    'time=1700000000.5',
    'open-files=1024',
    'open-files=unlimited',
    'git=/usr/bin/git',
  ],
  ...[
    'Filesystem 1024-blocks Used Available Capacity Mounted on',
    '/dev/sda1 1000 900 100 90% /',
    'inodes',
    '/dev/sda1 500 1 499 1% /',
    'reach 0 yes',
    'reach 1 no',
  ],
  ...[
    '0, NVIDIA A100 80GB PCIe, GPU-1, 535.1, 81920, 3, 1, 30, 61.2, Disabled',
    '1, X, [N/A], ERR!, [Unknown Error], -, , N/A, [GPU requires reset], Enabled',
  ],
  ...[
    'GPU-1, 4242, python3, 120',
    'fleet-holder 4242 ada python3 train.py',
    'Field "x" is not a valid field to query.',
    'No devices were found',
  ],
  ...[
    '|   0  NVIDIA RTX A4000    On  |   00000000:01:00.0 Off |  Off |',
    '| 41%   33C    P8     7W /  140W |    1MiB /  16376MiB |   0%   Default |',
    '| NVIDIA-SMI 590.44.01   KMD Version: 590.44.01   CUDA UMD Version: 13.1 |',
  ],
  ...[
    '{"card0": {"Card Series": "Radeon RX 5600 XT", "GPU use (%)": "7", "VRAM Total Memory (B)": "6425673728", "Node ID": "1"}, "system": {}}',
    'Exception caught: map::at',
  ],
  ...[
    'GPU[0]\t\t: Card Series: \t\tRadeon RX 5600 XT',
    '[{"gpu": 0, "usage": {"gfx_activity": {"value": 3, "unit": "%"}}, "mem_usage": "N/A"}]',
    '{"gpu_data": [{"gpu": 1}]}',
    'fleet-amd-smi metric',
  ],
  ...[
    '*******',
    'Agent 2',
    '  Name:                    gfx1010',
    '  Chip ID:                 29471(0x731f)',
    '  Device Type:             GPU',
    'ROCk module is NOT loaded, possibly no GPU devices',
    '      Size:                    6275072(0x5fc000) KB',
  ],
  ...[
    "ACCELERATOR_TYPE: 'v4-64'",
    "CHIPS_PER_HOST_BOUNDS: '2,2,1'",
    "TOPOLOGY: '2x4x4'",
    "WORKER_ID: '3'",
    '│ /dev/accel0 │ TPU v4 chip │ 1 │ 4242 │',
    '│ 0 │ 2.10 GiB / 31.75 GiB │ 50.00% │',
    'accel /dev/accel0',
    'fleet-attribute tpu-env',
  ],
  ...['Python 3.11.2', '3.11.2', '\u001b[31mERR!\u001b[0m', '\0\0\0', '\ufffd\ufffd', '*** Welcome ***'],
];
const line = fc.oneof(
  fc.constantFrom(...pieces),
  fc.constantFrom(...pieces).map((piece) => piece.slice(0, piece.length / 2)),
  fc.string({ maxLength: 40 }),
);
const text = fc.array(line, { maxLength: 8 }).map((lines) => lines.join('\n'));
const answer = fc.record({ text, exitCode: fc.constantFrom(0, 2, 6, 9, 12, 15, 18, 127, 137, 255) });
const answers = fc.dictionary(fc.constantFrom(...sections), answer, { maxKeys: sections.length });

/** Every number of a result stands in what was read, or is one that stands there in its unit. */
const factors = [1, 1024, 2 ** 20, 2 ** 30, 1000, 1e6, 1e9];

function inventedNumbers(result: unknown, read: string): number[] {
  const there = new Set((read.match(/\d+(?:\.\d+)?/g) ?? []).map(Number));
  const derived = new Set([...there].flatMap((number) => factors.map((factor) => Math.round(number * factor))));
  const found: number[] = [];
  JSON.stringify(result, (_key, value: unknown) => {
    if (typeof value === 'number' && value !== 0 && !there.has(value) && !derived.has(Math.round(value))) found.push(value);
    return value;
  });
  return found;
}

function expectHonest(parse: (written: string) => unknown, written: string) {
  const invented = inventedNumbers(parse(written), written);
  if (invented.length > 0) throw new Error(`invented ${invented.join(', ')} out of ${JSON.stringify(written)}`);
}

describe('whatever a host answers, no parser throws or invents a number', () => {
  it('of all facts', () => {
    fc.assert(
      fc.property(answers, (given) => expectHonest((written) => parseFacts(written, question), writeAnswer(given))),
      { numRuns: 500 },
    );
  });

  it('of the accelerators alone', () => {
    fc.assert(
      fc.property(answers, (given) => expectHonest(parseAccelerators, writeAnswer(given))),
      { numRuns: 500 },
    );
  });

  it('of the table', () => {
    fc.assert(
      fc.property(text, (given) => expectHonest(parseNvidiaTable, given)),
      { numRuns: 500 },
    );
  });
});
