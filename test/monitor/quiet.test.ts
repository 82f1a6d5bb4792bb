import { describe, expect, it } from 'vitest';
import type { MonitorRules, StallRule } from '../../src/monitor/rules.ts';
import { createRunMonitor, type RunMonitor } from '../../src/monitor/run-monitor.ts';
import { chunkOf, productionRules, startedAt, trainingRows } from './monitor-support.ts';

const stall: StallRule = { noProgressSeconds: 60, firstStepSeconds: 600 };

/** A run on a test clock that is looked at every second. */
function watchRun(
  more: Partial<MonitorRules>,
  monitor = createRunMonitor({ ...productionRules, stall, criteria: [], ...more }, null),
) {
  const offsets = new Map<string, number>();
  let second = 0;
  const look = () => ({ stall: monitor.judgeStall(second * 1000), alarms: monitor.judgeQuiet(second * 1000) });
  const run = {
    write(source: string, text: string, attempt = 1): void {
      const offset = offsets.get(source) ?? 0;
      const readAt = startedAt + second * 1000;
      offsets.set(source, offset + monitor.read(chunkOf(text, { source, offset, readAt, attempt })).consumed);
    },
    sample(utilizations: (number | null)[]): void {
      const position = second * 1000;
      const accelerators = utilizations.map((utilization, index) => ({
        index,
        memoryUsedBytes: 1e9,
        utilization,
        temperature: 60,
        power: 200,
      }));
      monitor.readAccelerators({
        source: 'gpu',
        worker: 0,
        attempt: 1,
        at: startedAt + position,
        position,
        progressBytes: null,
        accelerators,
      });
    },
    /** Looks once a second; gives each alarm once, in the order of their beginning. */
    pass(seconds: number, each: () => void = () => undefined): string[] {
      const alarms = new Set<string>();
      for (let passed = 0; passed < seconds; passed += 1) {
        each();
        const seen = look();
        if (seen.stall.stalled) alarms.add('stall');
        for (const { alarm } of seen.alarms) alarms.add(alarm ?? '');
        second += 1;
      }
      return [...alarms];
    },
    step(number: number): void {
      run.write('training', trainingRows(number, number));
    },
    reasons: () => monitor.judgeQuiet(second * 1000),
    limit: () => monitor.judgeStall(second * 1000).limitSeconds,
  };
  return run;
}

function restoredAt(step: number, attempt: number): RunMonitor {
  const columns = { step, loss: 3, lr: 1, toks_per_s: 50 };
  const row = { source: 'training', worker: 0, attempt: 1, position: 0, step, at: startedAt, columns };
  return createRunMonitor({ ...productionRules, stall, criteria: [] }, { samples: [row], flags: [], criteria: [], attempt });
}

describe('no alarm is raised', () => {
  it('by a first step that takes five minutes', () => {
    const run = watchRun({ logSilence: { seconds: 60, color: 'yellow' } });
    run.write('log', 'compiling\n');
    expect(run.pass(300)).toEqual([]);
    run.step(1);
    expect(run.pass(50)).toEqual([]);
    expect(run.pass(20).toSorted()).toEqual(['log-silence', 'stall']);
  });

  it('by a checkpoint save of three minutes that a line of the log tells of', () => {
    const slow = [{ name: 'checkpoint save', log: '(?i)saving checkpoint', every: null, allowSeconds: 600 }];
    const run = watchRun({ stall: { ...stall, slow } });
    run.step(1);
    run.pass(1);
    run.step(2);
    run.write('log', 'Saving checkpoint to out/checkpoint_step2.pt\n');
    expect(run.pass(180)).toEqual([]);
    run.step(3);
    run.pass(1);
    expect(run.limit()).toBe(60);
    expect(run.pass(70)).toEqual(['stall']);
  });

  it('by a save of three minutes every hundred steps, told of before or after the step', () => {
    const slow = [{ name: 'checkpoint save', log: null, every: 100, allowSeconds: 600 }];
    const run = watchRun({ stall: { ...stall, slow } });
    for (const step of [80, 90]) {
      run.step(step);
      run.pass(1);
    }
    expect(run.pass(180)).toEqual([]);
    run.step(100);
    expect(run.pass(180)).toEqual([]);
    for (const step of [110, 120]) {
      run.step(step);
      run.pass(1);
    }
    expect(run.pass(70)).toEqual(['stall']);
  });

  it('by compilers that work again for the second step', () => {
    const run = watchRun({ stall: { ...stall, compileSeconds: 900 } });
    run.step(1);
    expect(run.pass(700)).toEqual([]);
    for (const step of [2, 3, 4]) {
      run.step(step);
      run.pass(1);
    }
    expect(run.pass(70)).toEqual(['stall']);
  });

  it('by a metric that starts late', () => {
    const run = watchRun({ idle: { seconds: 30, ranks: null, accelerators: null } });
    let step = 0;
    const each = () => run.step((step += 1));
    expect(run.pass(200, each)).toEqual([]);
    run.write('heartbeat', '{"msg": "progress", "step": 200, "rank": 0}\n');
    expect(run.pass(20, each)).toEqual([]);
  });

  it('by the first step of another attempt', () => {
    const run = watchRun({}, restoredAt(42, 2));
    expect(run.pass(300)).toEqual([]);
    expect(run.limit()).toBe(600);
  });
});

describe('a learned interval', () => {
  it('is ten times what is usual, and never less than its floor', () => {
    const run = watchRun({ stall: { ...stall, learns: true } });
    let step = 0;
    const learn = (every: number, count: number) => {
      for (let index = 0; index < count; index += 1) {
        run.step((step += 1));
        run.pass(every);
      }
    };
    learn(20, 5);
    expect(run.limit()).toBe(600);
    learn(20, 10);
    expect(run.limit()).toBe(200);
    learn(1, 70);
    expect(run.limit()).toBe(60);
  });
});

describe('a log', () => {
  it('that stands still is told, though the metrics go on, until it speaks again', () => {
    const run = watchRun({ logSilence: { seconds: 30, color: 'yellow' } });
    let step = 0;
    const each = () => run.step((step += 1));
    run.write('log', 'begin\n');
    expect(run.pass(30, each)).toEqual([]);
    expect(run.pass(5, each)).toEqual(['log-silence']);
    expect(run.reasons()).toMatchObject([{ color: 'yellow', text: 'nothing new in the log for 35 s, more than 30 s' }]);
    run.write('log', ' 10%|#   | 1/10\r');
    expect(run.pass(30, each)).toEqual([]);
  });

  it('that never says anything is told after the time of the first step', () => {
    const run = watchRun({ stall: null, logSilence: { seconds: 30, color: 'yellow' } });
    expect(run.pass(40)).toEqual(['log-silence']);
    expect(watchRun({ stall: { ...stall, firstStepSeconds: 120 }, logSilence: { seconds: 30, color: 'red' } }).pass(130)).toEqual(
      ['stall', 'log-silence'],
    );
  });
});

describe('ranks', () => {
  const idle = { seconds: 30, ranks: null, accelerators: null };
  const beat = (rank: number, step: number) => `{"msg": "progress", "step": ${step}, "rank": ${rank}}\n`;

  it('of which one stands still are told, with its number and step', () => {
    const run = watchRun({ idle });
    let step = 0;
    run.pass(20, () => run.write('heartbeat', beat(0, (step += 1)) + beat(1, step)));
    expect(run.pass(30, () => run.write('heartbeat', beat(0, (step += 1)) + beat(1, 20)))).toEqual([]);
    expect(run.pass(5, () => run.write('heartbeat', beat(0, (step += 1))))).toEqual(['rank-1']);
    expect(run.reasons()).toMatchObject([{ color: 'red', text: 'rank 1 stands at step 20 for 36 s, while others go on' }]);
    run.write('heartbeat', beat(1, 21));
    expect(run.pass(20, () => run.write('heartbeat', beat(0, (step += 1))))).toEqual([]);
  });

  it('that all stand still are a stall, and none of them is to blame', () => {
    const run = watchRun({ idle, progress: { source: 'heartbeat', column: 'step', of: 500 } });
    run.write('heartbeat', beat(0, 1) + beat(1, 1));
    expect(run.pass(100)).toEqual(['stall']);
  });

  it('that were counted and never told of a step are missing', () => {
    const run = watchRun({ idle: { ...idle, ranks: 3 } });
    let step = 0;
    const each = () => run.write('heartbeat', beat(0, (step += 1)) + beat(2, step));
    expect(run.pass(30, each)).toEqual([]);
    expect(run.pass(5, each)).toEqual(['rank-1']);
  });
});

describe('accelerators', () => {
  const idle = { seconds: 30, ranks: null, accelerators: null };

  it('of which one has worked and is idle while others work are told', () => {
    const run = watchRun({ idle });
    expect(run.pass(10, () => run.sample([97, 95, 0]))).toEqual([]);
    expect(run.pass(30, () => run.sample([97, 0, 0]))).toEqual([]);
    expect(run.pass(5, () => run.sample([97, 0, 0]))).toEqual(['accelerator-0-1']);
    expect(run.reasons()).toMatchObject([{ color: 'yellow', text: 'accelerator 1 is idle for 35 s, while others work' }]);
  });

  it('that were counted must all work, also one that never did', () => {
    const run = watchRun({ idle: { ...idle, accelerators: 3 } });
    expect(run.pass(40, () => run.sample([97, 95, 0, 0]))).toEqual(['accelerator-0-2']);
  });

  it('that are all idle, or of which nothing is known, are not told', () => {
    const run = watchRun({ idle });
    run.pass(10, () => run.sample([97, 95]));
    expect(run.pass(100, () => run.sample([0, 0]))).toEqual([]);
    const other = watchRun({ idle });
    other.pass(10, () => other.sample([97, 95]));
    expect(other.pass(100, () => other.sample([97, null]))).toEqual([]);
  });
});

describe('the measured pace', () => {
  const paced = (stepsPerSecond: number, seconds: number) => {
    const duration = { low: 900, high: 1200, text: '15m..20m' };
    const monitor = createRunMonitor({ ...productionRules, criteria: [], duration }, null);
    const run = watchRun({}, monitor);
    let step = 0;
    run.pass(seconds, () => {
      run.write('training', trainingRows(step + 1, step + stepsPerSecond));
      step += stepsPerSecond;
    });
    return monitor.judge();
  };

  it('that is within twice the declared duration is fine', () => {
    expect(paced(1, 130)).toMatchObject({ health: 'green', reasons: [] });
  });

  it('that contradicts the declared duration is yellow, with both, once enough is measured', () => {
    expect(paced(2, 100)).toMatchObject({ health: 'green' });
    expect(paced(2, 130)).toMatchObject({
      health: 'yellow',
      reasons: [{ text: 'at the measured pace all 500 steps take 4m10s, and 15m..20m was declared' }],
    });
  });
});
