import { describe, expect, it } from 'vitest';
import { compileCriterion, type CriterionAnswer } from '../../src/language/criterion.ts';
import type { Point } from '../../src/language/series.ts';

type Readings = Record<string, (number | null)[]>;

function judge(source: string, readings: Readings): CriterionAnswer {
  const compiled = compileCriterion(source);
  if (!compiled.ok) throw new Error(compiled.message);
  return compiled.expression.evaluate(({ source: from, column }) => {
    const values = readings[`${from}.${column}`];
    return values === undefined ? null : values.map((y, index): Point => ({ x: index + 1, y }));
  });
}

function refusal(source: string): string {
  const compiled = compileCriterion(source);
  return compiled.ok ? 'accepted' : `${compiled.column}: ${compiled.message}`;
}

const throughput = 'p50(training.toks_per_s) >= 39';

describe('a criterion on metrics', () => {
  it('is met or violated, and tells what was measured', () => {
    expect(judge(throughput, { 'training.toks_per_s': [40, 50, 45] })).toEqual({
      holds: true,
      reason: null,
      measured: [{ text: 'p50(training.toks_per_s)', value: 45 }],
    });
    expect(judge(throughput, { 'training.toks_per_s': [20] })).toMatchObject({ holds: false, measured: [{ value: 20 }] });
  });

  it.each([
    ['a source or column that is not there', {}, 'training.toks_per_s is not known'],
    ['no readings', { 'training.toks_per_s': [] }, 'training.toks_per_s has no readings'],
    ['a missing reading', { 'training.toks_per_s': [40, null] }, 'training.toks_per_s has no value at 2'],
    ['a NaN', { 'training.toks_per_s': [40, NaN] }, 'training.toks_per_s is NaN at 2'],
    ['an infinity', { 'training.toks_per_s': [Infinity] }, 'training.toks_per_s is Infinity at 1'],
  ])('is unknown with %s', (_case, readings, reason) => {
    expect(judge(throughput, readings)).toEqual({
      holds: null,
      reason,
      measured: [{ text: 'p50(training.toks_per_s)', value: null }],
    });
  });

  it('looks with "last" at the last reading alone', () => {
    expect(judge('last(a.b) > 1', { 'a.b': [null, 2] })).toMatchObject({ holds: true });
    expect(judge('last(a.b) > 1', { 'a.b': [2, null] })).toMatchObject({ holds: null });
  });

  it('is violated by one known half even when the other is unknown', () => {
    const both = 'last(h.entropy) > 0.5 && last(h.collapse) < 0.05';
    expect(judge(both, { 'h.entropy': [0.4] })).toMatchObject({ holds: false });
    expect(judge(both, { 'h.entropy': [0.6] })).toMatchObject({ holds: null, measured: [{ value: 0.6 }, { value: null }] });
  });

  it('measures the side that reads metrics, with its arithmetic', () => {
    expect(judge('39 <= last(a.b)', { 'a.b': [40] }).measured).toEqual([{ text: 'last(a.b)', value: 40 }]);
    expect(judge('(max(a.b) - min(a.b)) / mean(a.b) < 0.9', { 'a.b': [1, 2, 3] }).measured).toEqual([
      { text: '(max(a.b) - min(a.b)) / mean(a.b)', value: 1 },
    ]);
    expect(judge('max(gpu.memory_used) < unit("40GB")', { 'gpu.memory_used': [41e9] })).toMatchObject({ holds: false });
  });

  it('lists each series that it reads once', () => {
    const compiled = compileCriterion('max(a.b) > min(a.b) || last(c["d e"]) > 1');
    expect(compiled.ok && compiled.expression.series).toEqual([
      { source: 'a', column: 'b' },
      { source: 'c', column: 'd e' },
    ]);
    expect(compiled.ok && compiled.expression.comparisons).toBe(2);
  });
});

describe('metric functions', () => {
  it.each([
    ['last', 2],
    ['min', 1],
    ['max', 9],
    ['mean', 4],
    ['p50', 3],
    ['count', 5],
  ])('%s', (name, value) => {
    expect(judge(`${name}(a.b) == 0`, { 'a.b': [5, 1, 9, 3, 2] }).measured[0]?.value).toBe(value);
  });

  it('p95 lies between the two nearest readings', () => {
    const hundred = Array.from({ length: 101 }, (_, index) => 100 - index);
    expect(judge('p95(a.b) > 0', { 'a.b': hundred }).measured[0]?.value).toBeCloseTo(95);
    expect(judge('p95(a.b) > 0', { 'a.b': [1, 2] }).measured[0]?.value).toBeCloseTo(1.95);
  });

  it('slope is the change for each unit of x, and needs two places', () => {
    expect(judge('slope(a.b) < 0', { 'a.b': [9, 7, 5] }).measured[0]?.value).toBeCloseTo(-2);
    expect(judge('slope(a.b) < 0', { 'a.b': [9] })).toMatchObject({ holds: null, reason: 'a.b has readings at one point only' });
  });

  it('take a hundred thousand readings', () => {
    const many = Array.from({ length: 100_000 }, (_, index) => index);
    expect(judge('max(a.b) > 0', { 'a.b': many }).measured[0]?.value).toBe(99_999);
  });
});

describe('a criterion is refused', () => {
  it.each([
    ['a.b > 1', '1: "a.b" stands alone: expected a metric function (last, min, max, mean, p50, p95, slope, count)'],
    ['max(a) > 1', '5: expected a series written source.column, got "a"'],
    ['max(a.b.c) > 1', '5: expected a series written source.column, got "a.b.c"'],
    ['max(3) > 1', "1: found no matching overload for 'max(int)'"],
    ['p5O(a.b) > 1', '1: no function is called "p5O"; the nearest is "p50"'],
    ['max(a.b)', '1: expected a comparison, which is true or false; this gives a double'],
    ['max(a.b) > "x"', '1: no such overload: double > string'],
    ['1 < 2', '1: expected at least one metric function of a series, such as last(training.loss)'],
    ['max(a.b', '8: expected RPAREN, got EOF'],
  ])('%s', (source, message) => {
    expect(refusal(source)).toBe(message);
  });
});
