import { describe, expect, it } from 'vitest';
import { parseWindow } from '../../src/language/window.ts';
import { judgeCriterion, type CriterionState, type Moment } from '../../src/monitor/criteria.ts';
import type { Row } from '../../src/monitor/reading.ts';
import type { Aliases, CriterionRule, SourceRule } from '../../src/monitor/rules.ts';
import { startedAt } from './monitor-support.ts';

const sources: SourceRule[] = [
  { kind: 'csv', name: 'training', columns: null, step: 'step' },
  { kind: 'csv', name: 'cpu', columns: null, step: 'step' },
  { kind: 'jsonl', name: 'heartbeat', step: 'step', when: null },
  { kind: 'accelerators', name: 'gpu' },
];

interface Place {
  source?: string;
  attempt?: number;
  lane?: number;
}

function watch(rule: Partial<CriterionRule> & { expr: string }, aliases: Aliases = {}) {
  const whole: CriterionRule = { name: 'c', window: { kind: 'whole' }, expected: null, severity: 'yellow', ...rule };
  const judge = judgeCriterion(whole, sources, { aliases });
  let latest: Row | null = null;
  const look = (moment: Partial<Moment> = {}): CriterionState =>
    judge.judge({ step: latest?.step ?? null, now: latest?.at ?? startedAt, behind: false, final: false, ...moment });
  return {
    /** One row, at a second of the run. */
    see(second: number, columns: Record<string, unknown>, { source = 'training', attempt = 1, lane = 0 }: Place = {}) {
      const step = source === 'gpu' ? null : ((columns['step'] as number | undefined) ?? second);
      latest = { position: second, step, at: startedAt + second * 1000, columns };
      judge.see(source, latest, attempt, lane);
    },
    look,
    /** Each value a reading, one a second; the verdict after each. */
    follow(values: readonly (number | null)[], from = 1) {
      return values.map((v, index) => {
        this.see(from + index, { v });
        return look().verdict;
      });
    },
  };
}

const last = 'last(training.v) < 10';

describe('a window', () => {
  const under = (window: string, expr = 'max(training.v) < 10') => watch({ expr, window: parseWindow(window) });

  it('of the last samples forgets what is older', () => {
    expect(under('last 3 samples').follow([5, 20, 5, 5, 5])).toEqual(['met', 'violated', 'violated', 'violated', 'met']);
  });

  it('of the last time goes back from the newest reading', () => {
    expect(under('last 3s').follow([5, 20, 5, 5, 5])).toEqual(['met', 'violated', 'violated', 'violated', 'met']);
  });

  it('of the last time does not empty itself while nothing is written', () => {
    const criterion = under('last 3s');
    criterion.follow([20]);
    expect(criterion.look({ now: startedAt + 3_600_000 }).verdict).toBe('violated');
  });

  it('with an open end is judged again with each reading from its first step on', () => {
    const criterion = under('steps 3..');
    expect(criterion.follow([20, 20, 5, 20])).toEqual(['pending', 'pending', 'met', 'violated']);
    expect(criterion.look({ final: true }).verdict).toBe('violated');
  });

  it('since the start counts from the first reading, and is judged once when it is over', () => {
    const criterion = under('since start 2s..4s');
    expect(criterion.follow([20, 20, 5, 5, 5], 100)).toEqual(['pending', 'pending', 'pending', 'pending', 'pending']);
    expect(criterion.look({ now: startedAt + 105_000 }).verdict).toBe('met');
    expect(criterion.follow([90], 106)).toEqual(['met']);
  });

  it('since the start is not taken for over while not all was read', () => {
    const criterion = under('since start 0s..4s');
    criterion.follow([5]);
    expect(criterion.look({ now: startedAt + 60_000, behind: true }).message).toBe('judged 4s after the first reading');
  });

  it('since the start begins anew with a new attempt', () => {
    const criterion = under('since start 0s..60s');
    criterion.see(1, { v: 20 });
    criterion.see(30, { v: 5 }, { attempt: 2 });
    criterion.see(31, { v: 20 }, { attempt: 1 });
    expect(criterion.look({ now: startedAt + 80_000 }).verdict).toBe('pending');
    expect(criterion.look({ now: startedAt + 91_000 }).verdict).toBe('met');
  });
});

describe('a warm-up', () => {
  it('leaves out the first readings of each attempt', () => {
    const criterion = watch({ expr: 'max(training.v) < 10', warmUp: 2 });
    expect(criterion.follow([90, 90, 5])).toEqual(['inconclusive', 'inconclusive', 'met']);
    for (const v of [90, 90, 5]) criterion.see(9, { v }, { attempt: 2 });
    expect(criterion.look().verdict).toBe('met');
  });
});

describe('too few readings', () => {
  it('are pending, and inconclusive at the end', () => {
    const criterion = watch({ expr: last, atLeast: 3 });
    expect(criterion.follow([90, 90])).toEqual(['pending', 'pending']);
    expect(criterion.look().message).toBe('has 2 of the 3 readings it needs');
    expect(criterion.look({ final: true })).toMatchObject({
      verdict: 'inconclusive',
      message: 'has 2 of the 3 readings it needs',
    });
  });

  it('in a window that is over are inconclusive, and stay so', () => {
    const criterion = watch({ expr: last, atLeast: 3, window: parseWindow('steps 1..2') });
    expect(criterion.follow([5, 5, 5, 5])).toEqual(['pending', 'inconclusive', 'inconclusive', 'inconclusive']);
  });
});

describe('a verdict that must hold', () => {
  it('does not change with noise around the limit, either way', () => {
    const criterion = watch({ expr: last, hold: { kind: 'readings', count: 3 } });
    expect(new Set(criterion.follow([5, 20, 5, 20, 20, 5, 20]))).toEqual(new Set(['met']));
    expect(criterion.follow([20, 20], 8)).toEqual(['met', 'violated']);
    expect(new Set(criterion.follow([5, 20, 5, 5, 20], 10))).toEqual(new Set(['violated']));
    expect(criterion.follow([5, 5, 5], 15)).toEqual(['violated', 'violated', 'met']);
  });

  it('is pending while the first violation has not held, and says for how long it has', () => {
    const criterion = watch({ expr: last, hold: { kind: 'readings', count: 3 } });
    expect(criterion.follow([20, 20])).toEqual(['pending', 'pending']);
    expect(criterion.look()).toMatchObject({ observed: '20', message: 'does not hold, for 2 of 3 readings' });
    expect(criterion.look({ final: true }).verdict).toBe('inconclusive');
  });

  it('may have to hold for a time of the readings', () => {
    const criterion = watch({ expr: last, hold: { kind: 'time', seconds: 120 } });
    criterion.see(0, { v: 5 });
    criterion.see(10, { v: 20 });
    criterion.see(129, { v: 20 });
    expect(criterion.look({ now: startedAt + 9_999_000 })).toMatchObject({ verdict: 'met', message: null, observed: '20' });
    criterion.see(130, { v: 20 });
    expect(criterion.look().verdict).toBe('violated');
    criterion.see(131, { v: 5 });
    expect(criterion.look()).toMatchObject({ verdict: 'violated', message: 'holds again, for 0s of 2m' });
  });

  it('becomes inconclusive only when the value has been missing for so long', () => {
    const criterion = watch({ expr: last, hold: { kind: 'readings', count: 2 } });
    expect(criterion.follow([5, null, 5, null, null])).toEqual(['met', 'met', 'met', 'met', 'inconclusive']);
  });
});

describe('a value beside its limit', () => {
  it('is no alarm inside the margin', () => {
    expect(watch({ expr: 'last(training.v) >= 50', margin: 0.02 }).follow([51, 49, 48.9])).toEqual(['met', 'met', 'violated']);
  });
});

describe('a value far from what is usual', () => {
  const rule = {
    expr: 'p50(training.v) >= 39',
    expected: { low: 45, high: 55, text: '45..55' },
    plausible: { low: 20, high: 110, text: '20..110' },
  };

  it('is violated and red although it is better', () => {
    const criterion = watch(rule);
    criterion.follow([970]);
    expect(criterion.look()).toMatchObject({
      verdict: 'violated',
      severity: 'red',
      observed: '970',
      message: '970 is not plausible, which is 20..110',
    });
  });

  it('is met with a remark where it is only a little better', () => {
    const criterion = watch(rule);
    criterion.follow([60]);
    expect(criterion.look()).toMatchObject({ verdict: 'met', severity: 'yellow', message: '60 is above the usual 45..55' });
  });
});

describe('the age of the last reading', () => {
  const rule = { expr: 'age(heartbeat.v) < 60' };

  it('grows while nothing comes', () => {
    const criterion = watch(rule);
    criterion.see(10, { v: 1 }, { source: 'heartbeat' });
    expect(criterion.look({ now: startedAt + 69_000 })).toMatchObject({ verdict: 'met', observed: '59s' });
    expect(criterion.look({ now: startedAt + 70_000 })).toMatchObject({ verdict: 'violated', observed: '1m' });
  });

  it('is not judged while more is there than was read', () => {
    const criterion = watch(rule);
    criterion.see(10, { v: 1 }, { source: 'heartbeat' });
    criterion.look();
    expect(criterion.look({ now: startedAt + 9_000_000, behind: true }).verdict).toBe('met');
  });
});

describe('each', () => {
  const gpus = (...utilization: (number | null)[]) => {
    const criterion = watch({
      expr: 'mean(gpu.utilization) > 20',
      each: { source: 'gpu', column: 'index' },
      severity: 'red',
    });
    for (const [index, value] of utilization.entries()) criterion.see(1, { index, utilization: value }, { source: 'gpu' });
    return criterion;
  };

  it('finds the one that idles while others work, and names it', () => {
    expect(gpus(97, 0, 95).look()).toMatchObject({ verdict: 'violated', observed: '0 % (index 1; others 95 % to 97 %)' });
  });

  it('is met when all are, with what they have', () => {
    expect(gpus(97, 92).look()).toMatchObject({ verdict: 'met', observed: '92 % to 97 %', message: null });
  });

  it('is inconclusive with one that is unknown', () => {
    expect(gpus(97, null).look()).toMatchObject({
      verdict: 'inconclusive',
      message: expect.stringMatching(/^index 1: gpu.utilization has no value at /) as string,
    });
  });

  it('waits for the first one, and is inconclusive when none came', () => {
    expect(gpus().look().verdict).toBe('pending');
    expect(gpus().look({ final: true })).toMatchObject({ verdict: 'inconclusive' });
  });

  it('finds the rank that stands still', () => {
    const criterion = watch({ expr: 'age(heartbeat.v) < 60', each: { source: null, column: 'rank' } });
    for (const [rank, second] of [
      [0, 100],
      [1, 10],
      [2, 101],
    ] as const) {
      criterion.see(second, { rank, v: 1 }, { source: 'heartbeat', lane: rank });
    }
    expect(criterion.look()).toMatchObject({ verdict: 'violated', observed: '1m31s (rank 1; others 0s to 1s)' });
  });

  it('holds the verdict of each one apart', () => {
    const criterion = watch({
      expr: 'last(gpu.utilization) > 20',
      each: { source: 'gpu', column: 'index' },
      hold: { kind: 'readings', count: 2 },
    });
    const sample = (second: number, values: number[]) => {
      for (const [index, utilization] of values.entries()) criterion.see(second, { index, utilization }, { source: 'gpu' });
      return criterion.look().verdict;
    };
    expect([sample(1, [90, 90]), sample(2, [0, 90]), sample(3, [90, 0]), sample(4, [90, 0])]).toEqual([
      'met',
      'met',
      'met',
      'violated',
    ]);
  });

  it('does not grow without end, and then is not met', () => {
    const criterion = watch({ expr: 'last(training.v) < 10', each: { source: null, column: 'step' } });
    for (let step = 0; step < 1_024; step += 1) criterion.see(step, { step, v: 5 });
    expect(criterion.look().verdict).toBe('met');
    criterion.see(2_000, { step: 2_000, v: 5 });
    expect(criterion.look()).toMatchObject({ verdict: 'inconclusive', message: 'more values of "step" than can be told apart' });
  });
});

describe('what is expected', () => {
  it('is told with all that belongs to it', () => {
    const criterion = watch({
      expr: 'last(gpu.power) >= 50',
      window: parseWindow('steps 500..'),
      phase: 'steady',
      margin: 0.02,
      each: { source: 'gpu', column: 'index' },
      hold: { kind: 'time', seconds: 120 },
      expected: { low: 60, high: 90, text: '60..90' },
    });
    expect(criterion.look().expected).toBe(
      'last(gpu.power) >= 50 within 2 % for each gpu.index over steady (steps 500..), told after 2m, usually 60..90',
    );
  });
});

describe('aliases', () => {
  it('stand for a column that a row does not have', () => {
    const criterion = watch({ expr: last }, { 'training.v': ['value', 'val'] });
    criterion.see(1, { val: 3 });
    expect(criterion.look()).toMatchObject({ verdict: 'met', observed: '3' });
    criterion.see(2, { v: 11, value: 4 });
    expect(criterion.look()).toMatchObject({ verdict: 'violated', observed: '11' });
  });
});

describe('another run', () => {
  it('is compared at the steps that both have', () => {
    const criterion = watch({ expr: 'distance(training.v, cpu.v) <= 0.05', window: parseWindow('steps 1..100') });
    for (let step = 1; step <= 100; step += 1) {
      criterion.see(step, { v: 100 / step }, { source: 'cpu' });
      if (step % 10 === 0) criterion.see(step, { v: 103 / step });
    }
    expect(criterion.look()).toMatchObject({ verdict: 'met', observed: '0.0291262' });
  });
});
