import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseAmdSmi } from '../../src/facts/amd/amd-smi.ts';
import { parseRocmSmi } from '../../src/facts/amd/rocm-smi.ts';
import { parseRocminfo } from '../../src/facts/amd/rocminfo.ts';
import { parseProcessRows, parseAcceleratorRows, queriedFields } from '../../src/facts/nvidia/rows.ts';
import { parseNvidiaTable } from '../../src/facts/nvidia/table.ts';
import { parseFacts } from '../../src/facts/parse-facts.ts';
import { parseAccelerators } from '../../src/facts/read-accelerators.ts';
import { parseTpuInfo } from '../../src/facts/tpu/tpu-info.ts';
import { readSlice } from '../../src/facts/tpu/slice.ts';
import { amdFormats, rocminfo } from './formats/amd.ts';
import { nvidiaTables } from './formats/nvidia-tables.ts';
import { tpuFormats } from './formats/tpu.ts';
import { writeAnswer } from './facts-support.ts';

const row = '0, NVIDIA A100 80GB PCIe, GPU-5e1c8a1b, 535.183.01, 81920, 27341, 98, 61, 271.35, Disabled';
const processRow = 'GPU-5e1c8a1b, 4242, python3 train.py --layers 1, 2, 27341';
const amdSmi = ['list', 'staticData', 'metric'] as const;
const amdSmiText = amdSmi
  .map((name) => `fleet-amd-smi ${name.replace('Data', '')}\n${JSON.stringify([amdFormats[name]])}`)
  .join('\n');

const machine = `hostname=prime1
boot=0b7d4f2e-1111-4222-8333-444455556666
uptime=86400.52
cpus=64
memory=527957916 kB
available=501219328 kB
limit-files=1024
limit-locked=unlimited`;
const disk = `inodes Filesystem Inodes IUsed IFree IUse% Mounted on
inodes /dev/sda1 61054976 800000 60254976 2% /
Filesystem 1024-blocks Used Available Capacity Mounted on
/dev/sda1 960380648 400000000 511528056 44% /`;
const whole = writeAnswer({
  machine,
  'disk-0': disk,
  nvidia: row,
  'nvidia-table': nvidiaTables.v535,
  'nvidia-processes': processRow,
  'rocm-smi': amdFormats.rocmSmi6,
  'amd-processes': amdFormats.processes,
  rocminfo: rocminfo('gfx1030'),
  'tpu-info': tpuFormats.boxes,
});

const readFacts = (text: string) => parseFacts(text, { diskPaths: ['.'], endpoints: ['a:1'], at: null });

/** Each parser with texts in the form that it is for. Products (the chips of a slice) are told apart: they stand nowhere. */
const parsers: [name: string, parse: (text: string) => unknown, texts: string[]][] = [
  ['the rows of nvidia-smi', (text) => parseAcceleratorRows(text, queriedFields.all), [row, `${row}\n${row}`]],
  ['the processes of nvidia-smi', parseProcessRows, [processRow]],
  ['the table of nvidia-smi', parseNvidiaTable, Object.values(nvidiaTables)],
  ['rocm-smi', parseRocmSmi, [amdFormats.rocmSmi6, amdFormats.rocmSmi5, amdFormats.csv, amdFormats.text]],
  ['amd-smi', parseAmdSmi, [amdSmiText, JSON.stringify({ gpu_data: [amdFormats.metric] })]],
  ['rocminfo', parseRocminfo, [rocminfo('gfx1010'), rocminfo('gfx1030')]],
  ['tpu-info', parseTpuInfo, [tpuFormats.boxes, tpuFormats.markdown]],
  ['accelerators', parseAccelerators, [whole]],
  ['facts', readFacts, [whole]],
];

/** What each number of an answer may have been multiplied with: bytes of a kB, KiB, MiB, GiB. */
const factors = [1, 2 ** 10, 2 ** 20, 2 ** 30];

function numbersIn(value: unknown): number[] {
  if (typeof value === 'number') return [value];
  if (value instanceof Map) return [...value.entries()].flatMap(numbersIn);
  if (typeof value !== 'object' || value === null) return [];
  return Object.values(value).flatMap(numbersIn);
}

/** Numbers of the result that are nowhere in the text. 0 stands for a disk that is fuller than full. */
function invented(text: string, result: unknown): number[] {
  const written = [...text.matchAll(/\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g)].flatMap(([digits]) => {
    const whole = Number(/^\d+/.exec(digits)?.[0]);
    return [Number(digits), Number(/^\d+(?:\.\d+)?/.exec(digits)?.[0]), whole];
  });
  const known = new Set(written.flatMap((number) => factors.map((factor) => Math.round(number * factor * 1e6) / 1e6)));
  const rounded = new Set([...known].map((number) => Math.round(number)));
  return numbersIn(result).filter(
    (number) => number !== 0 && !(Number.isFinite(number) && (known.has(number) || rounded.has(number))),
  );
}

/** A text with some of its characters or lines lost, doubled, exchanged or replaced. */
function damaged(texts: string[]): fc.Arbitrary<string> {
  const change = fc.record({
    at: fc.double({ min: 0, max: 1, noNaN: true }),
    kind: fc.constantFrom(
      'cut' as const,
      'put' as const,
      'line-lost' as const,
      'line-doubled' as const,
      'end' as const,
      'number' as const,
    ),
    length: fc.integer({ min: 1, max: 12 }),
    put: fc.oneof(
      fc.constantFrom(
        '[N/A]',
        '[Unknown Error]',
        'ERR!',
        ',',
        '|',
        '\n',
        '\r',
        '"',
        '{',
        ']',
        '-1',
        '9'.repeat(400),
        '1e999',
        '\u0000',
        'â–ˆ',
      ),
      fc.string({ maxLength: 6 }),
    ),
  });
  const apply = (text: string, { at, kind, length, put }: { at: number; kind: string; length: number; put: string }) => {
    const place = Math.floor(at * text.length);
    if (kind === 'cut') return text.slice(0, place) + text.slice(place + length);
    if (kind === 'put') return text.slice(0, place) + put + text.slice(place);
    if (kind === 'end') return text.slice(0, place);
    if (kind === 'number') {
      const numbers = [...text.matchAll(/\d+/g)];
      const chosen = numbers[Math.floor(at * numbers.length)];
      if (chosen === undefined) return text;
      return text.slice(0, chosen.index) + put + text.slice(chosen.index + chosen[0].length);
    }
    const lines = text.split('\n');
    lines.splice(Math.floor(at * lines.length), kind === 'line-lost' ? 1 : 0, ...(kind === 'line-lost' ? [] : [lines[0] ?? '']));
    return lines.join('\n');
  };
  return fc
    .tuple(fc.constantFrom(...texts), fc.array(change, { maxLength: 6 }))
    .map(([text, changes]) => changes.reduce(apply, text));
}

describe.each(parsers)('the parser of %s', (_, parse, texts) => {
  it('finds numbers in what it is for', () => {
    for (const text of texts) {
      expect(numbersIn(parse(text)).length).toBeGreaterThan(0);
      expect(invented(text, parse(text))).toEqual([]);
    }
  });

  it('never throws and never invents a number, whatever becomes of the text', () => {
    fc.assert(
      fc.property(fc.oneof(damaged(texts), fc.string({ maxLength: 300 })), (text) => {
        expect(invented(text, parse(text))).toEqual([]);
      }),
      { numRuns: 500 },
    );
  });
});

it('a slice is never told from a text that does not name one', () => {
  fc.assert(
    fc.property(damaged([tpuFormats.metadata]), (text) => {
      const slice = readSlice(text, new Map());
      if (slice !== null) expect(/ACCELERATOR_TYPE|TOPOLOGY/.test(text)).toBe(true);
      expect(numbersIn(slice).every((number) => Number.isFinite(number))).toBe(true);
    }),
  );
});
