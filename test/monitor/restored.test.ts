import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { firstGeneration } from '../../src/monitor/generation.ts';
import { createRunMonitor, type Judgement, type RunMonitor, type SourceRow } from '../../src/monitor/run-monitor.ts';
import { seriesFunctions } from '../../src/language/series.ts';
import { parseWindow } from '../../src/language/window.ts';
import type { CriterionRule, MonitorRules } from '../../src/monitor/rules.ts';
import { chunkOf, productionRules, startedAt, trainingRows } from './monitor-support.ts';

interface File {
  source: string;
  bytes: Buffer;
  offset: number;
}

/** One look: how many bytes of each file there are by now, and what the accelerators hold. */
interface Look {
  bytes: number;
  memory: number | null;
}

/** A run as the engine drives it: what is read is stored, and a new monitor can be made from it at any time. */
function drive(rules: MonitorRules, contents: Record<string, string>, looks: Look[], restartAfter: Set<number>): Judgement {
  const files: File[] = Object.entries(contents).map(([source, text]) => ({ source, bytes: Buffer.from(text), offset: 0 }));
  const stored = new Map<string, SourceRow[]>();
  const store = (source: string, rows: Omit<SourceRow, 'source' | 'worker' | 'attempt'>[]) => {
    const copies = JSON.parse(JSON.stringify(rows)) as typeof rows;
    stored.set(source, [...(stored.get(source) ?? []), ...copies.map((row) => ({ ...row, source, worker: 0, attempt: 1 }))]);
  };
  let monitor: RunMonitor = createRunMonitor(rules, null);
  for (const [index, { bytes: written, memory }] of looks.entries()) {
    const readAt = startedAt + index * 10_000;
    for (const file of files) {
      const last = index === looks.length - 1 ? file.bytes.length : written;
      const bytes = file.bytes.subarray(file.offset, Math.max(file.offset, last));
      const reading = monitor.read(chunkOf(bytes, { source: file.source, offset: file.offset, readAt }));
      file.offset += reading.consumed;
      store(file.source, reading.rows);
    }
    const accelerators = [{ index: 0, memoryUsedBytes: memory, utilization: 90, temperature: 60, power: 200 }];
    const taken = { at: readAt, position: index * 1000, progressBytes: files[0]?.offset ?? null };
    store('gpu', monitor.readAccelerators({ source: 'gpu', worker: 0, attempt: 1, accelerators, ...taken }));
    const judged = monitor.judge();
    if (restartAfter.has(index)) {
      monitor = createRunMonitor(rules, { samples: [...stored.values()].flat(), flags: judged.flags, criteria: judged.criteria });
      expect(monitor.judge()).toEqual(judged);
    }
  }
  return monitor.judge({ final: true });
}

const line = fc.oneof(
  { weight: 8, arbitrary: fc.tuple(fc.nat(500), fc.constantFrom('4.5', '3', 'nan', ''), fc.constantFrom(10, 47, 50, 990)) },
  { weight: 1, arbitrary: fc.constant(null) },
);
const look = fc.record({ bytes: fc.nat(4_000), memory: fc.oneof(fc.integer({ min: 0, max: 80e9 }), fc.constant(null)) });

function criterion(expr: string, window: string | null, more: Partial<CriterionRule> = {}): CriterionRule {
  const name = `${expr} over ${window}`;
  const parsed: CriterionRule['window'] = window === null ? { kind: 'whole' } : parseWindow(window);
  return { name, expr, window: parsed, expected: null, severity: 'red', ...more };
}

/** Every function, kind of window and way to look, over the same files. */
const manyRules: MonitorRules = {
  ...productionRules,
  criteria: [
    ...seriesFunctions.flatMap((name) => [
      criterion(`${name}(training.loss) < 4`, null),
      criterion(`${name}(heartbeat.gate_collapse_frac) < 4`, 'last 5 samples'),
    ]),
    criterion('distance(training.loss, heartbeat.gate_entropy_mean) < 0.8', null),
    criterion('p50(training.toks_per_s) >= 47', 'steps 20..', { margin: 0.1, warmUp: 2, atLeast: 4 }),
    criterion('mean(training.toks_per_s) >= 47', 'since start 10s..30s'),
    criterion('max(training.toks_per_s) < 990', 'last 20s', { hold: { kind: 'readings', count: 3 } }),
    criterion('last(training.toks_per_s) >= 47', null, { hold: { kind: 'time', seconds: 20 } }),
    criterion('max(gpu.memory_used) < unit("40GB")', null, {
      each: { source: 'gpu', column: 'index' },
      plausible: { low: null, high: 60e9, text: '<= 60GB' },
    }),
    criterion('mean(heartbeat.gate_entropy_mean) > 0.5', null, { each: { source: null, column: 'step' } }),
  ],
};

describe('a monitor made from what was stored', () => {
  it.each([
    ['without a header', productionRules, ''],
    ['with every function and window', manyRules, ''],
    [
      'with a header',
      {
        ...productionRules,
        metrics: productionRules.metrics.map((rule) => (rule.kind === 'csv' ? { ...rule, columns: null } : rule)),
      },
      'step,loss,lr,toks_per_s\n',
    ],
  ])('goes on as if it had seen everything, %s', (_, rules, header) => {
    fc.assert(
      fc.property(
        fc.array(line, { maxLength: 60 }),
        fc.array(look, { minLength: 1, maxLength: 8 }),
        fc.array(fc.nat(7)),
        (lines, looks, restarts) => {
          const contents = {
            training: `${header}${lines.map((cells) => (cells === null ? 'foreign\n' : `${cells[0]},${cells[1]},1e-4,${cells[2]}\n`)).join('')}`,
            heartbeat: lines
              .map(
                (cells, index) =>
                  `{"ts":${startedAt / 1000 + index},"msg":"${index % 4 === 0 ? 'watchdog_dump' : 'progress'}","step":${cells?.[0] ?? 0},"gate_entropy_mean":0.6,"gate_collapse_frac":${index % 9 === 0 ? 'NaN' : 0}}\n`,
              )
              .join(''),
            log: lines.map((_, index) => (index % 7 === 3 ? 'NCCL error\n' : 'fine\n')).join(''),
          };
          const live = drive(rules, contents, looks, new Set());
          expect(drive(rules, contents, looks, new Set(restarts))).toEqual(live);
        },
      ),
      { numRuns: 60 },
    );
  });

  it('merges the rows of several workers in the same order, however they came', () => {
    const rules: MonitorRules = {
      ...productionRules,
      criteria: productionRules.criteria.map((rule) => ({ ...rule, expr: 'last(training.loss) < 3' })),
    };
    const rows = [0, 1].flatMap((worker) =>
      Array.from({ length: 100 }, (_, index) => ({
        source: 'training',
        worker,
        attempt: 1,
        position: index * 20,
        step: index + 1,
        at: startedAt + index * 1000 + worker,
        columns: { step: index + 1, loss: worker === 0 ? 4 : 2 },
      })),
    );
    const interleaved = [...rows].sort((a, b) => a.at - b.at);
    const judge = (samples: SourceRow[]) => createRunMonitor(rules, { samples, flags: [], criteria: [] }).judge().criteria;
    expect(judge(interleaved)).toEqual(judge(rows));
    expect(judge(rows)[0]).toMatchObject({ verdict: 'met', observed: '2' });
  });
});

describe('a source of several files', () => {
  const criterion = (name: string, expr: string) => ({
    name,
    expr,
    window: { kind: 'whole' as const },
    expected: null,
    severity: 'red' as const,
  });
  const rules: MonitorRules = {
    ...{ metrics: [], stall: null, flags: [] },
    progress: { source: 'heartbeat', column: 'step', of: 20 },
    criteria: [
      criterion('last', 'last(heartbeat.loss) < 3'),
      criterion('slope', 'slope(heartbeat.loss) < 0'),
      criterion('count', 'count(heartbeat.rank) == 40'),
    ],
  };
  const record = (step: number, loss: number) => `{"ts":${startedAt / 1000 + step},"step":${step},"loss":${loss}}\n`;

  it.each([
    ['side by side', 'rank'],
    ['one after the other', null],
  ])('that are read %s comes out the same from what was stored, in the order of its keys', (_, label) => {
    const metrics = [{ kind: 'jsonl' as const, name: 'heartbeat', step: 'step', when: null, label }];
    const live = createRunMonitor({ ...rules, metrics }, null);
    const stored: SourceRow[] = [];
    const read = (slot: number, steps: number[], offset: number) => {
      const generation = firstGeneration(slot);
      const text = steps.map((step) => record(step, 10 / step - slot)).join('');
      const { rows } = live.read(chunkOf(text, { source: 'heartbeat', generation, label: `${slot}`, offset }));
      stored.push(...rows.map((row) => ({ ...row, source: 'heartbeat', worker: 0, attempt: 1, generation })));
    };
    const steps = Array.from({ length: 10 }, (_each, index) => index + 1);
    read(1, steps, 0);
    if (label === null)
      read(
        1,
        steps.map((step) => step + 10),
        2000,
      );
    read(2, steps, 0);
    read(
      2,
      steps.map((step) => step + 10),
      2000,
    );
    if (label !== null)
      read(
        1,
        steps.map((step) => step + 10),
        2000,
      );
    const samples = stored.toSorted((a, b) => (a.generation ?? 0) - (b.generation ?? 0) || a.position - b.position);
    const judged = live.judge();
    expect(createRunMonitor({ ...rules, metrics }, { samples, flags: [], criteria: [] }).judge()).toEqual(judged);
    expect(judged.progress.step).toBe(20);
    expect(stored.map(({ columns }) => columns['rank'])).toContain(label === null ? undefined : 2);
  });
});

describe('a long run', () => {
  it('is read and judged at tens of thousands of rows a second of one core', () => {
    const rows = 60_000;
    const file = Buffer.from(trainingRows(1, rows));
    const monitor = createRunMonitor(productionRules, null);
    const started = process.cpuUsage();
    let offset = 0;
    while (offset < file.length) {
      offset += monitor.read(chunkOf(file.subarray(offset, offset + 64 * 1024), { offset })).consumed;
      monitor.judge();
    }
    const used = process.cpuUsage(started);
    const seconds = (used.user + used.system) / 1e6;
    expect(monitor.judge().progress.step).toBe(rows);
    expect(rows / seconds).toBeGreaterThan(20_000);
  });
});
