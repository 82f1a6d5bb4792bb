import { describe, expect, it } from 'vitest';
import { compileCriterion, type CriterionAnswer, type SeriesName } from '../../src/language/criterion.ts';
import { collectSeries } from '../../src/language/series.ts';

type Readings = Record<string, (number | null)[]>;

/** One reading a second, at the steps 1, 2, 3 … */
function judge(source: string, readings: Readings, { seconds = 0, margin = 0 } = {}): CriterionAnswer {
  const compiled = compileCriterion(source);
  if (!compiled.ok) throw new Error(compiled.message);
  const { expression } = compiled;
  const read = ({ source: from, column }: SeriesName) => {
    const values = readings[`${from}.${column}`];
    const use = expression.series.find((series) => series.source === from && series.column === column);
    if (values === undefined || use === undefined) return null;
    const series = collectSeries(use.functions);
    for (const [index, y] of values.entries()) {
      series.add({ x: index + 1, y, step: index + 1, at: (index + 1) * 1000, attempt: 1, lane: 0 });
    }
    return series;
  };
  return expression.evaluate(read, { now: seconds * 1000, margin });
}

function measure(call: string, values: (number | null)[], seconds = 0): number | string | null {
  const { measured, reason } = judge(`${call}(a.b) == 0`, { 'a.b': values }, { seconds });
  return measured[0]?.value ?? reason;
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
    ['a missing reading', { 'training.toks_per_s': [40, null] }, 'training.toks_per_s has no value at step 2'],
    ['a NaN', { 'training.toks_per_s': [40, NaN] }, 'training.toks_per_s is NaN at step 2'],
    ['an infinity', { 'training.toks_per_s': [Infinity] }, 'training.toks_per_s is Infinity at step 1'],
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
      { source: 'a', column: 'b', functions: new Set(['max', 'min']) },
      { source: 'c', column: 'd e', functions: new Set(['last']) },
    ]);
    expect(compiled.ok && compiled.expression.comparisons).toBe(2);
  });
});

describe('metric functions', () => {
  it.each([
    ['last', 2],
    ['first', 5],
    ['min', 1],
    ['max', 9],
    ['mean', 4],
    ['p50', 3],
    ['count', 5],
    ['missing', 0],
    ['delta', -3],
    ['rate', -0.75],
  ])('%s', (name, value) => {
    expect(measure(name, [5, 1, 9, 3, 2])).toBe(value);
  });

  it('p95 lies between the two nearest readings', () => {
    const hundred = Array.from({ length: 101 }, (_, index) => 100 - index);
    expect(measure('p95', hundred)).toBeCloseTo(95);
    expect(measure('p95', [1, 2])).toBeCloseTo(1.95);
  });

  it('stddev is that of a sample, and needs two readings', () => {
    expect(measure('stddev', [2, 4, 4, 4, 5, 5, 7, 9])).toBeCloseTo(2.138, 3);
    expect(measure('stddev', [2])).toBe('a.b has one reading only');
  });

  it('slope is the change for each unit of x, and needs two places', () => {
    expect(measure('slope', [9, 7, 5])).toBeCloseTo(-2);
    expect(measure('slope', [9])).toBe('a.b has readings at one point only');
  });

  it('growth compares the medians of the first and the last tenth, so that one outlier says nothing', () => {
    const flat = Array.from({ length: 100 }, (_, index) => (index === 99 ? 5_000 : 50));
    expect(measure('growth', flat)).toBe(0);
    expect(measure('growth', [50, 51, 55])).toBeCloseTo(0.1);
    expect(measure('growth', [-4, -3])).toBeCloseTo(0.25);
    expect(measure('growth', [4])).toBe('a.b has one reading only');
    expect(measure('growth', [0, 4])).toBe('a.b begins at 0, and has no growth in proportion');
  });

  it('rate needs two times', () => {
    expect(measure('rate', [4])).toBe('a.b has readings of one time only');
  });

  it('count leaves missing readings out, which are counted by missing', () => {
    expect(measure('count', [1, null, NaN, 4])).toBe(2);
    expect(measure('missing', [1, null, NaN, 4])).toBe(2);
  });

  it('age is the time since the last reading with a value, never negative', () => {
    expect(measure('age', [1, 2, null], 30)).toBe(28);
    expect(measure('age', [1, 2], 1)).toBe(0);
    expect(measure('age', [null], 30)).toBe('a.b has no reading with a value');
  });

  it('abs is at hand for comparisons of two series', () => {
    const within = 'abs(p50(a.b) - p50(c.d)) <= 0.1 * p50(c.d)';
    expect(judge(within, { 'a.b': [95], 'c.d': [100] }).holds).toBe(true);
    expect(judge(within, { 'a.b': [89], 'c.d': [100] }).holds).toBe(false);
    expect(judge('last(a.b) > abs(-3)', { 'a.b': [4] }).holds).toBe(true);
  });
});

describe('distance', () => {
  const distance = (one: (number | null)[], other: (number | null)[]) => {
    const { measured, reason } = judge('distance(a.b, c.d) <= 0.05', { 'a.b': one, 'c.d': other });
    return measured[0]?.value ?? reason;
  };

  it('is the median of what two series differ by at the steps that both have', () => {
    expect(distance([100, 80, 60, 1], [100, 100, 60])).toBe(0);
    expect(distance([100, 80, 60], [100, 100, 120, 7])).toBeCloseTo(0.2);
  });

  it('is the same both ways, and knows zero', () => {
    expect(distance([0, 80], [0, 100])).toBeCloseTo(0.1);
    expect(distance([0, 100], [0, 80])).toBeCloseTo(0.1);
    expect(distance([0], [3])).toBe(1);
  });

  it('is unknown with a missing value or without a reading', () => {
    expect(distance([1, null], [1, 2])).toBe('a.b has 1 readings without a value');
    expect(distance([1], [])).toBe('c.d has no readings');
  });
});

describe('a margin', () => {
  it('lets a value past its limit by a part of the limit', () => {
    const holds = (expr: string, value: number, margin: number) => judge(expr, { 'a.b': [value] }, { margin }).holds;
    expect(holds('last(a.b) >= 50', 49, 0)).toBe(false);
    expect(holds('last(a.b) >= 50', 49, 0.02)).toBe(true);
    expect(holds('last(a.b) >= 50', 48.9, 0.02)).toBe(false);
    expect(holds('50 > last(a.b)', 51, 0.02)).toBe(true);
    expect(holds('last(a.b) < -50', -49, 0.02)).toBe(true);
  });

  it('needs one comparison that is all of the expression', () => {
    const hasLimit = (expr: string) => {
      const compiled = compileCriterion(expr);
      return compiled.ok && compiled.expression.hasLimit;
    };
    expect(hasLimit('p95(a.b) <= 1.25 * p50(a.b)')).toBe(true);
    expect(hasLimit('last(a.b) > 1 && last(a.b) < 3')).toBe(false);
    expect(hasLimit('last(a.b) == 1')).toBe(false);
  });
});

describe('a criterion is refused', () => {
  it.each([
    [
      'a.b > 1',
      '1: "a.b" stands alone: expected a metric function (last, first, min, max, mean, stddev, p50, p95, slope, growth, rate, delta, count, missing, age, distance)',
    ],
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
