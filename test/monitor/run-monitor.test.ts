import { describe, expect, it } from 'vitest';
import { createRunMonitor } from '../../src/monitor/run-monitor.ts';
import type { MonitorRules } from '../../src/monitor/rules.ts';
import { chunkOf, judgeText, productionRules, readInPieces, startedAt, trainingRows } from './monitor-support.ts';

function heartbeat(step: number, more: Record<string, unknown> = {}): string {
  return `${JSON.stringify({ ts: startedAt / 1000 + step, msg: 'progress', step, gate_entropy_mean: 0.6, gate_collapse_frac: 0.01, ...more })}\n`;
}

const sample = {
  source: 'gpu',
  worker: 0,
  attempt: 1,
  at: startedAt,
  position: 0,
  progressBytes: null,
  accelerators: [0, 1].map((index) => ({ index, memoryUsedBytes: 28e9, utilization: 99, temperature: 60, power: 280 })),
};

describe('a run that does what is expected', () => {
  it('is green once its criteria are met, with the numbers and their units', () => {
    const monitor = createRunMonitor(productionRules, null);
    monitor.read(chunkOf(trainingRows(1, 500)));
    monitor.read(chunkOf(heartbeat(100) + heartbeat(101), { source: 'heartbeat' }));
    monitor.readAccelerators(sample);
    const judged = monitor.judge();
    expect(judged.reasons).toEqual([]);
    expect(judged.health).toBe('green');
    expect(judged.criteria.map(({ verdict, observed }) => [verdict, observed])).toEqual([
      ['met', '51'],
      ['met', '-0.001'],
      ['met', '28 GB'],
      ['met', 'last(heartbeat.gate_entropy_mean) = 0.6, last(heartbeat.gate_collapse_frac) = 0.01'],
    ]);
    expect(judged.progress).toEqual({ step: 500, of: 500, ratePerSecond: null, etaSeconds: 0 });
  });
});

describe('a run of which nothing was seen', () => {
  it('has unknown health and pending criteria', () => {
    const judged = createRunMonitor(productionRules, null).judge();
    expect(judged.health).toBe('unknown');
    expect(new Set(judged.criteria.map(({ verdict }) => verdict))).toEqual(new Set(['pending']));
  });

  it('leaves every criterion inconclusive when it is over', () => {
    const judged = createRunMonitor(productionRules, null).judge({ final: true });
    expect(new Set(judged.criteria.map(({ verdict }) => verdict))).toEqual(new Set(['inconclusive']));
    expect(judged.health).toBe('yellow');
  });
});

describe('a window', () => {
  it('stays pending until the run is past it, and the verdict stays afterwards', () => {
    const monitor = createRunMonitor(productionRules, null);
    const first = trainingRows(1, 99);
    monitor.read(chunkOf(first));
    expect(judgeText(monitor)['throughput']).toBe('pending');
    const second = trainingRows(100, 100);
    monitor.read(chunkOf(second, { offset: first.length }));
    expect(judgeText(monitor)['throughput']).toBe('met');
    monitor.read(chunkOf(trainingRows(101, 400, 1), { offset: first.length + second.length }));
    expect(judgeText(monitor)['throughput']).toBe('met');
  });

  it('that a run does not reach is judged at its end, and says so', () => {
    const monitor = createRunMonitor(productionRules, null);
    monitor.read(chunkOf(trainingRows(1, 60)));
    const throughput = monitor.judge({ final: true }).criteria[0];
    expect(throughput).toMatchObject({ verdict: 'met', message: 'the run ended at step 60, before the window did' });
  });

  it('is not taken for passed while another source has more than was read', () => {
    const monitor = createRunMonitor(productionRules, null);
    monitor.read(chunkOf(trainingRows(1, 600)));
    const memoryOf = (behind: boolean) => monitor.judge({ behind }).criteria.find(({ name }) => name === 'memory')?.verdict;
    expect(memoryOf(true)).toBe('pending');
    monitor.readAccelerators({ ...sample, progressBytes: 1 });
    expect(memoryOf(false)).toBe('met');
  });

  it('does not count what lies outside', () => {
    const monitor = createRunMonitor(productionRules, null);
    monitor.read(chunkOf(trainingRows(1, 19, 1) + trainingRows(20, 100, 50) + trainingRows(101, 500, 1)));
    expect(judgeText(monitor)['throughput']).toBe('met');
  });
});

describe('a criterion', () => {
  it('violated with severity red makes the run red, with the number', () => {
    const monitor = createRunMonitor(productionRules, null);
    monitor.read(chunkOf(trainingRows(1, 100, 30)));
    const judged = monitor.judge();
    expect(judged.health).toBe('red');
    expect(judged.reasons[0]).toEqual({
      color: 'red',
      text: 'throughput: expected p50(training.toks_per_s) >= 39 over steps 20..100, usually 45..55, got 31',
    });
  });

  it('far better than usual is met and yellow', () => {
    const monitor = createRunMonitor(productionRules, null);
    monitor.read(chunkOf(trainingRows(1, 100, 970)));
    const judged = monitor.judge();
    expect(judged.criteria[0]).toMatchObject({ verdict: 'met', observed: '971', message: '971 is above the usual 45..55' });
    expect(judged.health).toBe('yellow');
  });

  it.each(['nan', 'NaN', 'inf', '-Infinity', '1.#QNAN', ''])('on a value of "%s" is never met', (value) => {
    const monitor = createRunMonitor(productionRules, null);
    monitor.read(chunkOf(Array.from({ length: 100 }, (_, index) => `${index + 1},${value},1e-4,50\n`).join('')));
    expect(judgeText(monitor)['loss falls']).toBe('inconclusive');
    expect(monitor.judge().health).toBe('yellow');
  });

  it('on a renamed column is inconclusive and names what there is', () => {
    const rules = { ...productionRules, metrics: [{ kind: 'csv' as const, name: 'training', columns: null, step: 'step' }] };
    const monitor = createRunMonitor(rules, null);
    monitor.read(chunkOf(`step,loss,tps\n${Array.from({ length: 100 }, (_, index) => `${index + 1},3.5,50\n`).join('')}`));
    expect(monitor.judge().criteria[0]).toMatchObject({
      verdict: 'inconclusive',
      message: '"training" has no readings of "toks_per_s" in the window: it has step, loss, tps',
    });
  });
});

describe('extra reasons', () => {
  it('count like the monitor’s own', () => {
    const monitor = createRunMonitor(productionRules, null);
    const judged = monitor.judge({ extraReasons: [{ color: 'red', text: 'CONFIG is not set in pid 7' }] });
    expect(judged).toMatchObject({ health: 'red', reasons: [{ color: 'red', text: 'CONFIG is not set in pid 7' }] });
  });
});

describe('a hung trainer whose watchdog goes on writing', () => {
  const rules = { ...productionRules, progress: { source: 'heartbeat', column: 'step', of: 500 } };

  it('is stalled: its records are no progress, and their step 0 is no restart', () => {
    const monitor = createRunMonitor(rules, null);
    let offset = 0;
    const write = (text: string) => (offset += monitor.read(chunkOf(text, { source: 'heartbeat', offset })).consumed);
    write(heartbeat(41) + heartbeat(42));
    expect(monitor.judgeStall(0)).toEqual({ stalled: false, ageSeconds: 0, limitSeconds: 180, during: null });
    write(heartbeat(0, { msg: 'watchdog_dump' }));
    expect(monitor.judgeStall(180_000).stalled).toBe(false);
    write(heartbeat(0, { msg: 'watchdog_dump' }));
    expect(monitor.judgeStall(181_000)).toEqual({ stalled: true, ageSeconds: 181, limitSeconds: 180, during: null });
    expect(monitor.judge().progress.step).toBe(42);
    write(heartbeat(43));
    expect(monitor.judgeStall(182_000).stalled).toBe(false);
  });

  it('that was found hanging after a restart of the controller is not stalled at the first look', () => {
    const row = {
      source: 'heartbeat',
      worker: 0,
      attempt: 1,
      position: 0,
      step: 42,
      at: startedAt,
      columns: { msg: 'progress', step: 42 },
    };
    const monitor = createRunMonitor(rules, { samples: [row], flags: [], criteria: [] });
    expect(monitor.judge().progress.step).toBe(42);
    expect(monitor.judgeStall(5_000_000)).toEqual({ stalled: false, ageSeconds: 0, limitSeconds: 180, during: null });
    expect(monitor.judgeStall(5_181_000).stalled).toBe(true);
  });
});

describe('samples of accelerators', () => {
  it('are placed at the step reached, each at its place in the file', () => {
    const monitor = createRunMonitor(productionRules, null);
    expect(monitor.readAccelerators(sample).map(({ position, step }) => [position, step])).toEqual([
      [0, null],
      [1, null],
    ]);
    monitor.read(chunkOf(trainingRows(1, 30)));
    expect(monitor.readAccelerators({ ...sample, position: 300 })).toMatchObject([
      { position: 300, step: 30, columns: { index: 0, memory_used: 28e9, utilization: 99, temperature: 60, power: 280 } },
      { position: 301, step: 30, columns: { index: 1 } },
    ]);
  });

  it('that are read late are placed at the step that had been written when they were taken', () => {
    const monitor = createRunMonitor(productionRules, null);
    const [early, late] = [trainingRows(1, 30), trainingRows(31, 500)];
    monitor.read(chunkOf(early + late));
    const stepAt = (progressBytes: number) => monitor.readAccelerators({ ...sample, progressBytes })[0]?.step;
    expect(stepAt(0)).toBeNull();
    expect(stepAt(1)).toBe(1);
    expect(stepAt(early.length)).toBe(30);
    expect(stepAt(early.length + late.length)).toBe(500);
  });

  it('with unknown memory leave the criterion inconclusive', () => {
    const monitor = createRunMonitor(productionRules, null);
    monitor.read(chunkOf(trainingRows(1, 500)));
    const accelerators = sample.accelerators.map((accelerator, index) =>
      index === 1 ? { ...accelerator, memoryUsedBytes: null } : accelerator,
    );
    monitor.readAccelerators({ ...sample, accelerators });
    expect(judgeText(monitor)['memory']).toBe('inconclusive');
  });
});

describe('a criterion over the whole run', () => {
  it('is pending until its source has a row, then judged with each look', () => {
    const monitor = createRunMonitor(productionRules, null);
    expect(judgeText(monitor)['gates are healthy']).toBe('pending');
    const first = heartbeat(1);
    monitor.read(chunkOf(first, { source: 'heartbeat' }));
    expect(judgeText(monitor)['gates are healthy']).toBe('met');
    monitor.read(chunkOf(heartbeat(2, { gate_entropy_mean: 0.1 }), { source: 'heartbeat', offset: first.length }));
    expect(judgeText(monitor)['gates are healthy']).toBe('violated');
  });

  it('does not look at records that do not count', () => {
    const monitor = createRunMonitor(productionRules, null);
    monitor.read(chunkOf(heartbeat(1) + heartbeat(0, { msg: 'watchdog_dump', gate_entropy_mean: 0 }), { source: 'heartbeat' }));
    expect(judgeText(monitor)['gates are healthy']).toBe('met');
  });
});

describe('the log', () => {
  it('with a red flag makes the run red; an expected flag changes nothing', () => {
    const monitor = createRunMonitor(productionRules, null);
    const first = 'Attempting to use hipBLASLt on an unsupported architecture!\n';
    monitor.read(chunkOf(first, { source: 'log' }));
    expect(monitor.judge()).toMatchObject({ health: 'green', flags: [{ color: 'yellow', expected: true }] });
    monitor.read(chunkOf('RuntimeError: CUDA error: an illegal memory access\n', { source: 'log', offset: first.length }));
    expect(monitor.judge()).toMatchObject({
      health: 'red',
      reasons: [{ color: 'red', text: 'RuntimeError: CUDA error: an illegal memory access' }],
    });
  });
});

describe('a hung trainer whose watchdog tells of itself', () => {
  it('raises the flag that looks at its records, once for each, also when they come in pieces', () => {
    const flags: MonitorRules['flags'] = [
      { color: 'red', pattern: '"watchdog_dump"', hint: null, expected: false, in: 'heartbeat' },
    ];
    const monitor = createRunMonitor({ ...productionRules, flags }, null);
    const text = heartbeat(41) + heartbeat(0, { msg: 'watchdog_dump' });
    readInPieces((chunk) => monitor.read(chunk), Buffer.from(text), [text.length - 5], { source: 'heartbeat' });
    expect(monitor.judge()).toMatchObject({ health: 'red', flags: [{ color: 'red', count: 1 }] });
  });
});

describe('lines that cannot be used', () => {
  it('make the run yellow', () => {
    const monitor = createRunMonitor(productionRules, null);
    monitor.read(chunkOf(`garbage\n${trainingRows(1, 3)}`));
    expect(monitor.judge()).toMatchObject({
      health: 'yellow',
      reasons: [
        {
          color: 'yellow',
          text: 'training: lines that cannot be used, the first: expected 4 columns (step, loss, lr, toks_per_s), got 1',
        },
      ],
    });
  });
});
