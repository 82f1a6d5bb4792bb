import { describe, expect, it } from 'vitest';
import { readLimits } from '../../src/language/limits.ts';

describe('the limits of an expression', () => {
  it('are those of metric functions that are compared with a number', () => {
    expect(readLimits('p50(training.toks_per_s) >= 39')).toEqual([
      {
        measure: 'p50',
        series: 'training.toks_per_s',
        low: { value: 39, included: true },
        high: null,
        text: 'p50(training.toks_per_s) >= 39',
      },
    ]);
  });

  it.each([
    ['last(a.b) < 3', null, { value: 3, included: false }],
    ['3 < last(a.b)', { value: 3, included: false }, null],
    ['last(a.b) <= -0.5', null, { value: -0.5, included: true }],
    ['last(a.b) == 2', { value: 2, included: true }, { value: 2, included: true }],
    ['last(a.b) < unit("40GB")', null, { value: 40e9, included: false }],
    ['last(a.b) > 2 * 3', { value: 6, included: false }, null],
  ])('%s', (source, low, high) => {
    expect(readLimits(source)).toMatchObject([{ measure: 'last', series: 'a.b', low, high }]);
  });

  it('are those of every part that must hold', () => {
    const limits = readLimits('last(a.b) > 1 && (last(a.c) < 2 && max(a.d) != 3)');
    expect(limits.map(({ text }) => text)).toEqual(['last(a.b) > 1', 'last(a.c) < 2']);
  });

  it.each([
    'last(a.b) > 1 || last(a.b) < 0',
    '!(last(a.b) > 1)',
    'p95(a.b) <= 1.25 * p50(a.b)',
    '2 * last(a.b) > 3',
    'last(a.b) != 3',
    'last(a.b) == "x"',
    'last(a.b) >',
  ])('are none in %s', (source) => {
    expect(readLimits(source)).toEqual([]);
  });
});
