import { describe, expect, it } from 'vitest';
import { lintText } from './lint-text.ts';

interface Rule {
  expr: string;
  window?: string;
  expected?: string;
  margin?: string;
  'warm-up'?: number;
  'at-least'?: number;
}

const lintCriteria = (rules: Rule[], steps = 1000) => {
  const criteria = rules.map((rule, index) => `    - ${JSON.stringify({ criterion: `c${index}`, ...rule })}`).join('\n');
  return lintText(
    `work: { steps: ${steps} }\nmonitor:\n  metrics: { m: { csv: m.csv }, gpu: { accelerators: 1s } }\n  criteria:\n${criteria}`,
  );
};

describe('two criteria', () => {
  it('that cannot both hold are told, with both limits', () => {
    expect(
      lintCriteria([
        { expr: 'p50(m.rate) >= 50', window: 'steps 20..100' },
        { expr: 'p50(m.rate) < 40', window: 'steps 20..100' },
      ]),
    ).toEqual([
      'monitor.criteria[1].expr: p50(m.rate) < 40 over steps 20..100 and p50(m.rate) >= 50 over steps 20..100 of "c0" cannot both hold',
    ]);
  });

  it.each([
    ['the same function', 'mean(m.a) > 5', undefined, 'mean(m.a) < 5', undefined],
    ['a limit that only one of them lets in', 'mean(m.a) >= 5', undefined, 'mean(m.a) < 5', undefined],
    ['the number first', '5 <= mean(m.a)', undefined, '4 > mean(m.a)', undefined],
    ['an exact value', 'last(m.a) == 3', undefined, 'last(m.a) >= 4', undefined],
    ['units', 'max(m.a) < unit("30GB")', undefined, 'max(m.a) > unit("40GB")', undefined],
    ['a percentile and a higher one', 'p50(m.a) > 5', undefined, 'p95(m.a) < 5', undefined],
    ['the smallest and the mean', 'min(m.a) > 5', undefined, 'mean(m.a) < 4', undefined],
    ['the largest of a window around', 'last(m.a) > 5', 'steps 10..20', 'max(m.a) < 5', 'steps 1..100'],
    ['the smallest of a window around', 'p95(m.a) < 5', 'steps 10..20', 'min(m.a) > 6', undefined],
    ['the smallest and the largest where two windows meet', 'min(m.a) > 5', 'steps 1..20', 'max(m.a) < 5', 'steps 20..30'],
    ['the last and the most of a longer time', 'last(m.a) > 5', 'last 5m', 'max(m.a) < 5', 'last 10m'],
    ['the last and the most of more samples', 'last(m.a) > 5', 'last 5 samples', 'max(m.a) < 5', 'last 9 samples'],
    ['steps without an end', 'last(m.a) > 5', 'steps 30..40', 'max(m.a) < 5', 'steps 20..'],
    ['one of several parts', 'last(m.b) > 1 && last(m.a) > 5', undefined, 'last(m.a) < 3', undefined],
  ])('contradict by %s', (_name, one, oneWindow, other, otherWindow) => {
    const rules = [rule(one, oneWindow), rule(other, otherWindow)];
    expect(lintCriteria(rules)).toHaveLength(1);
    expect(lintCriteria(rules.toReversed())).toHaveLength(1);
  });

  it.each([
    ['room between the limits', 'mean(m.a) > 4', undefined, 'mean(m.a) < 5', undefined],
    ['one value that both let in', 'mean(m.a) >= 5', undefined, 'mean(m.a) <= 5', undefined],
    ['another column', 'mean(m.a) > 5', undefined, 'mean(m.b) < 4', undefined],
    ['another window, where the mean may be another', 'mean(m.a) > 5', 'steps 1..50', 'mean(m.a) < 4', 'steps 40..100'],
    ['functions of which neither is always smaller', 'mean(m.a) > 5', undefined, 'p50(m.a) < 4', undefined],
    ['the largest of a window inside', 'last(m.a) > 5', 'steps 1..100', 'max(m.a) < 5', 'steps 10..20'],
    ['windows that do not meet', 'min(m.a) > 5', 'steps 1..20', 'max(m.a) < 5', 'steps 21..30'],
    ['windows of which nobody knows whether they meet', 'min(m.a) > 5', 'steps 1..20', 'max(m.a) < 5', 'last 10m'],
    ['a way out', 'mean(m.a) > 5 || mean(m.b) > 5', undefined, 'mean(m.a) < 4', undefined],
    ['a slope and a count', 'slope(m.a) > 5', undefined, 'count(m.a) < 4', undefined],
    ['a limit that is measured itself', 'p95(m.a) > 2 * p50(m.a)', undefined, 'p95(m.a) < 1', undefined],
  ])('do not contradict with %s', (_name, one, oneWindow, other, otherWindow) => {
    expect(lintCriteria([rule(one, oneWindow), rule(other, otherWindow)])).toEqual([]);
  });
});

describe('two criteria that do not look at the same', () => {
  it.each([
    ['a margin', { margin: '5%' }],
    ['a warm-up', { 'warm-up': 20 }],
  ])('are not compared: %s', (_name, more) => {
    expect(lintCriteria([{ expr: 'mean(m.a) > 5' }, { expr: 'mean(m.a) < 4', ...more }])).toEqual([]);
  });
});

describe('one criterion', () => {
  it('that cannot hold at all is told', () => {
    expect(lintCriteria([{ expr: 'last(m.a) > 0.5 && last(m.a) < 0.05' }])).toEqual([
      'monitor.criteria[0].expr: last(m.a) < 0.05 and last(m.a) > 0.5 cannot hold at once',
    ]);
    expect(lintCriteria([{ expr: 'last(m.a) > 0.05 && last(m.a) < 0.5' }])).toEqual([]);
  });

  it.each([
    ['p50(m.a) >= 39', '10..20', ['every value in 10..20 violates p50(m.a) >= 39']],
    ['p50(m.a) < unit("40GB")', '40GB..50GB', ['every value in 40GB..50GB violates p50(m.a) < unit("40GB")']],
    ['p50(m.a) >= 39', '45..55', []],
    ['p50(m.a) >= 39', '30..39', []],
    ['p50(m.a) >= 39', '>= 1', []],
    ['p95(m.a) < 1.25 * p50(m.a)', '45..55', []],
  ])('%s is told when all of the band %s violates it', (expr, expected, messages) => {
    expect(lintCriteria([{ expr, expected }])).toEqual(messages.map((message) => `monitor.criteria[0].expected: ${message}`));
  });
});

describe('a window', () => {
  it('that the run never reaches is told', () => {
    expect(lintCriteria([{ expr: 'last(m.a) > 0', window: 'steps 100..500' }], 50)).toEqual([
      'monitor.criteria[0].window: the run has 50 steps and ends before step 100: this can never be decided',
    ]);
  });

  it('that the run does not reach the end of is told', () => {
    expect(lintCriteria([{ expr: 'last(m.a) > 0', window: 'steps 20..100' }], 50)).toEqual([
      'monitor.criteria[0].window: the run has 50 steps and never reaches step 100: this is decided only when it ends, on part of the window',
    ]);
  });

  it('without an end that begins after the last step is told', () => {
    expect(lintCriteria([{ expr: 'last(m.a) > 0', window: 'steps 100..' }], 50)).toEqual([
      'monitor.criteria[0].window: the run has 50 steps and ends before step 100: this can never be decided',
    ]);
    expect(lintCriteria([{ expr: 'last(m.a) > 0', window: 'steps 100..' }], 500)).toEqual([]);
  });

  it.each([
    [{ window: 'steps 20..29', 'warm-up': 10 }, 'warm-up: steps 20..29 has at most 10 readings, and "warm-up" leaves out 10'],
    [
      { window: 'steps 20..29', 'warm-up': 5, 'at-least': 6 },
      'at-least: steps 20..29 has at most 10 readings, and "at-least" asks for 6 after a warm-up of 5',
    ],
    [
      { window: 'last 9 samples', 'at-least': 10 },
      'at-least: the last 9 samples has at most 9 readings, and "at-least" asks for 10',
    ],
  ])('with too few readings is told: %j', (rule, message) => {
    expect(lintCriteria([{ expr: 'last(m.a) > 0', ...rule }])).toEqual([
      `monitor.criteria[0].${message}: this can never be decided`,
    ]);
  });

  it.each([
    { expr: 'last(m.a) > 0', window: 'steps 20..29', 'warm-up': 5, 'at-least': 5 },
    { expr: 'last(m.a) > 0', window: 'last 9 samples', 'warm-up': 50, 'at-least': 9 },
    { expr: 'last(gpu.power) > 0', window: 'steps 20..29', 'at-least': 500 },
  ])('with readings enough is not told: %j', (rule) => {
    expect(lintCriteria([rule])).toEqual([]);
  });

  it('that the run passes is not told', () => {
    expect(lintCriteria([{ expr: 'last(m.a) > 0', window: 'steps 20..100' }, { expr: 'last(m.a) > 0' }], 100)).toEqual([]);
  });
});

function rule(expr: string, window: string | undefined): Rule {
  return window === undefined ? { expr } : { expr, window };
}
