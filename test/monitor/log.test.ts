import { describe, expect, it } from 'vitest';
import { tallyFlags } from '../../src/monitor/flags.ts';
import { readLog } from '../../src/monitor/log.ts';
import { startReading } from '../../src/monitor/reading.ts';
import type { FlagRule } from '../../src/monitor/rules.ts';
import { chunkOf, readInPieces, startedAt } from './monitor-support.ts';

function linesOf(text: string | Buffer): string[] {
  const lines: string[] = [];
  readLog(chunkOf(text, { source: 'log' }), (line) => lines.push(line));
  return lines;
}

describe('lines of a log', () => {
  it('come without colours, titles and cursor movements', () => {
    expect(linesOf('\x1b[1;31mCUDA error\x1b[0m: \x1b[2Kout\x1b[1A\x1b]0;title\x07 of memory\x1b(B\n')).toEqual([
      'CUDA error: out of memory',
    ]);
  });

  it('are one for each state of a progress bar', () => {
    expect(linesOf('0%|   | 0/2\r50%|#  | 1/2\r100%|###| 2/2\r\ndone\r\n')).toEqual([
      '0%|   | 0/2',
      '50%|#  | 1/2',
      '100%|###| 2/2',
      'done',
    ]);
  });

  it('survive invalid UTF-8 and NUL bytes', () => {
    expect(linesOf(Buffer.from([0x61, 0xff, 0x00, 0x62, 0x0a]))).toEqual(['a\ufffdb']);
  });

  it('are the same wherever the file is cut', () => {
    const file = Buffer.from('one\r\ntwo\rthree\nhälf\nlast without an end');
    for (let cut = 0; cut <= file.length; cut += 1) {
      const lines: string[] = [];
      readInPieces((chunk) => readLog(chunk, (line) => lines.push(line)), file, [cut]);
      expect(lines).toEqual(['one', 'two', 'three', 'hälf']);
    }
  });

  it('of more than 1 MiB are counted and not shown', () => {
    const lines: string[] = [];
    const reading = readLog(chunkOf(`${'x'.repeat(2 ** 20 + 1)}\nnext\n`), (line) => lines.push(line));
    expect(lines).toEqual(['next']);
    expect(reading.skipped.count).toBe(1);
  });
});

const rules: FlagRule[] = [
  { color: 'red', pattern: 'out of memory', hint: 'reduce seq_len', expected: false },
  { color: 'red', pattern: 'NCCL error|ChildFailedError', hint: null, expected: false },
  { color: 'yellow', pattern: '(?i)warning', hint: null, expected: true },
];

describe('flags', () => {
  it('keep the first text, and count with the first and the last time', () => {
    const tally = tallyFlags(rules, []);
    tally.seeLine('  CUDA out of memory. Tried to allocate 2 GiB', startedAt);
    tally.seeLine('HIP out of memory', startedAt + 5);
    tally.seeLine('all is well', startedAt + 6);
    expect(tally.list()).toEqual([
      {
        color: 'red',
        text: 'CUDA out of memory. Tried to allocate 2 GiB',
        hint: 'reduce seq_len',
        expected: false,
        count: 2,
        firstAt: startedAt,
        lastAt: startedAt + 5,
      },
    ]);
  });

  it('of a very long line show the part that matched', () => {
    const tally = tallyFlags(rules, []);
    tally.seeLine(`${'a'.repeat(5_000)} out of memory ${'b'.repeat(5_000)}`, startedAt);
    const [flag] = tally.list();
    expect(flag?.text).toContain('out of memory');
    expect(flag?.text.length).toBeLessThanOrEqual(300);
  });

  it('go on counting where they were left, also when their text was scrubbed meanwhile', () => {
    const before = tallyFlags(rules, []);
    before.seeLine('ChildFailedError in rank 1', startedAt);
    before.seeLine('out of memory', startedAt);
    const scrubbed = before.list().map((flag) => ({ ...flag, text: flag.text.replace('memory', '[redacted]') }));
    const after = tallyFlags(rules, scrubbed);
    after.seeLine('NCCL error again', startedAt + 9);
    after.seeLine('out of memory again', startedAt + 9);
    expect(after.list().map(({ text, count, lastAt }) => [text, count, lastAt])).toEqual([
      ['ChildFailedError in rank 1', 2, startedAt + 9],
      ['out of [redacted]', 2, startedAt + 9],
    ]);
  });

  it('tell of lines and values that could not be used', () => {
    const tally = tallyFlags([], []);
    const reading = { ...startReading(), skipped: { count: 2, firstReason: 'expected 4 columns, got 3' }, notFinite: 1 };
    tally.seeReading('training', reading, startedAt);
    const again = tallyFlags([], tally.list());
    again.seeReading('training', { ...reading, skipped: { count: 1, firstReason: 'something else' } }, startedAt + 1);
    expect(again.list().map(({ color, text, count }) => [color, text, count])).toEqual([
      ['yellow', 'training: lines that cannot be used, the first: expected 4 columns, got 3', 3],
      ['yellow', 'training: values that are no number (NaN, Infinity)', 2],
    ]);
  });
});
