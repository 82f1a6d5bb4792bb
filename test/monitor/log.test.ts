import { describe, expect, it } from 'vitest';
import { readLog } from '../../src/monitor/log.ts';
import { chunkOf, readInPieces } from './monitor-support.ts';

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
