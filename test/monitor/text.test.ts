import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { prepareSource } from '../../src/monitor/sources.ts';
import type { SourceRule } from '../../src/monitor/rules.ts';
import { chunkOf, readInPieces, startedAt } from './monitor-support.ts';

function textRule(patterns: string[], step: string | null = 'step'): SourceRule {
  return { kind: 'text', name: 'lines', patterns: patterns.map((source) => ({ source })), step };
}

function read(rule: SourceRule, text: string | Buffer) {
  return prepareSource(rule)
    .open(null)
    .read(chunkOf(text), () => null);
}

describe('text by patterns', () => {
  it.each([
    [
      'step 0120 | loss 3.2100 | lr 1.20e-05 | toks/s 47 | grad_norm 1.10 | fetch 9ms',
      String.raw`step (?<step>[\d,]+) \| loss (?<loss>\S+) \| lr (?<lr>\S+) \| toks/s (?<toks_per_s>\S+).*fetch (?<fetch_ms>\d+)ms`,
      { step: 120, loss: 3.21, lr: 1.2e-5, toks_per_s: 47, fetch_ms: 9 },
    ],
    [
      'Step 300: loss=1.9000, lr=0.000015, time=1.301s',
      String.raw`Step (?<step>\d+): loss=(?<loss>[^,]+), lr=(?<lr>[^,]+), time=(?<seconds>[\d.]+)s`,
      { step: 300, loss: 1.9, lr: 1.5e-5, seconds: 1.301 },
    ],
    [
      'Step 32,768 | Return: 13.20 | Length: 200 | FPS: 1,081',
      String.raw`Step (?<step>[\d,]+) \| Return: (?<return>\S+) .*FPS: (?<fps>\S+)`,
      { step: 32_768, return: 13.2, fps: 1081 },
    ],
    [
      'Train [ 125/12894] loss=NaN | avg_last=0.31 | batch_time=1.3s',
      String.raw`Train \[ *(?<step>\d+)/(?<steps>\d+)\] loss=(?<loss>\S+)`,
      { step: 125, steps: 12_894, loss: null },
    ],
  ])('reads "%s"', (line, pattern, columns) => {
    const reading = read(textRule([pattern]), `[INFO] other\n\x1b[32m${line}\x1b[0m\r\nTraceback\n`);
    expect(reading.rows.map((row) => [row.step, row.columns])).toEqual([[columns.step, columns]]);
    expect(reading.skipped.count).toBe(0);
    expect(reading.notFinite).toBe(line.includes('NaN') ? 1 : 0);
  });

  it('places the lines below a heading at its step', () => {
    const rule = textRule(
      [
        String.raw`^Epoch (?<epoch>\d+)/(?<epochs>\d+)`,
        String.raw`^Train NRMSE: +(?<train>\S+)`,
        String.raw`^Val NRMSE: +(?<val>\S+)`,
      ],
      'epoch',
    );
    const block = (epoch: number) => `Epoch ${epoch}/50\n=====\nTrain NRMSE: 0.9${epoch}\nVal NRMSE:   1.0${epoch}\n\n`;
    expect(read(rule, `Train NRMSE: 7\n${block(3)}${block(4)}`).rows.map(({ step, columns }) => [step, columns])).toEqual([
      [null, { train: 7 }],
      [3, { epoch: 3, epochs: 50 }],
      [3, { train: 0.93 }],
      [3, { val: 1.03 }],
      [4, { epoch: 4, epochs: 50 }],
      [4, { train: 0.94 }],
      [4, { val: 1.04 }],
    ]);
  });

  it('gives one row of a line in which several patterns are found', () => {
    const rule = textRule([String.raw`step (?<step>\d+)`, String.raw`loss (?<loss>\S+)`, String.raw`(?<step>\d+) other`]);
    expect(read(rule, 'step 7 loss 1.5 9 other\n').rows).toEqual([
      { position: 0, step: 7, at: startedAt, columns: { step: 7, loss: 1.5 } },
    ]);
  });

  it('survives NUL bytes, broken UTF-8 and lines of 10 MB, which are counted', () => {
    const rule = textRule([String.raw`step (?<step>\d+)`]);
    const file = Buffer.concat([
      Buffer.from('step 1\n\0\0\0step 2\n'),
      Buffer.from([0xff, 0xc3, 0x0a]),
      Buffer.alloc(10_000_000, 'x'),
      Buffer.from('\nstep 3\nstep 4'),
    ]);
    const open = prepareSource(rule).open(null);
    const cuts = Array.from({ length: 5 }, (_, index) => (index + 1) * 2 * 2 ** 20);
    const readings = readInPieces((chunk) => open.read(chunk, () => null), file, cuts);
    expect(readings.flatMap(({ rows }) => rows.map(({ step }) => step))).toEqual([1, 2, 3]);
    expect(readings.reduce((sum, { skipped }) => sum + skipped.count, 0)).toBe(1);
  });

  it('gives the same rows wherever the file is cut', () => {
    const rule = textRule([String.raw`^Epoch (?<step>\d+)`, String.raw`loss[ =](?<loss>\S+)`]);
    const line = fc.oneof(
      fc.nat(50).map((epoch) => `Epoch ${epoch}/50`),
      fc.constantFrom('loss=nan', 'loss 1,234.5', '\x1b[31mloss=2\x1b[0m', '', 'é∞', 'other', '\r 5%\rloss=3'),
    );
    fc.assert(
      fc.property(fc.array(line, { maxLength: 20 }), fc.array(fc.nat(400), { maxLength: 8 }), (lines, cuts) => {
        const collect = (pieces: number[]) => {
          const open = prepareSource(rule).open(null);
          const file = Buffer.from(lines.map((each) => `${each}\n`).join(''));
          return readInPieces((chunk) => open.read({ ...chunk, readAt: 0 }, () => null), file, pieces).flatMap(
            ({ rows }) => rows,
          );
        };
        expect(collect(cuts)).toEqual(collect([]));
      }),
    );
  });
});
