import type { Chunk, Reading } from '../../src/monitor/reading.ts';
import type { MonitorRules } from '../../src/monitor/rules.ts';
import type { RunMonitor } from '../../src/monitor/run-monitor.ts';

export const startedAt = Date.UTC(2026, 0, 1);

export function chunkOf(text: string | Buffer, more: Partial<Chunk> = {}): Chunk {
  const bytes = typeof text === 'string' ? Buffer.from(text) : text;
  return { source: 'training', worker: 0, attempt: 1, bytes, offset: 0, readAt: startedAt, ...more };
}

/** Feeds a whole file in pieces of the given sizes, each piece starting where the last one was consumed to. */
export function readInPieces(
  read: (chunk: Chunk) => Reading,
  file: Buffer,
  cuts: number[],
  more: Partial<Chunk> = {},
): Reading[] {
  const readings: Reading[] = [];
  let offset = 0;
  const ends = [...new Set([...cuts.map((cut) => Math.min(cut, file.length)), file.length])].sort((a, b) => a - b);
  for (const [index, end] of ends.entries()) {
    const reading = read(chunkOf(file.subarray(offset, end), { offset, readAt: startedAt + index * 10_000, ...more }));
    offset += reading.consumed;
    readings.push(reading);
  }
  return readings;
}

export const productionRules: MonitorRules = {
  metrics: [
    { kind: 'csv', name: 'training', columns: ['step', 'loss', 'lr', 'toks_per_s'], step: 'step' },
    { kind: 'jsonl', name: 'heartbeat', step: 'step', when: 'msg == "progress"' },
    { kind: 'accelerators', name: 'gpu' },
  ],
  progress: { source: 'training', column: 'step', of: 500 },
  stall: { noProgressSeconds: 180, firstStepSeconds: 600 },
  criteria: [
    {
      name: 'throughput',
      expr: 'p50(training.toks_per_s) >= 39',
      window: { kind: 'steps', from: 20, to: 100 },
      expected: { low: 45, high: 55, text: '45..55' },
      severity: 'red',
    },
    {
      name: 'loss falls',
      expr: 'slope(training.loss) < 0',
      window: { kind: 'steps', from: 1, to: 100 },
      expected: null,
      severity: 'yellow',
    },
    {
      name: 'memory',
      expr: 'max(gpu.memory_used) < unit("40GB")',
      window: { kind: 'steps', from: 1, to: 500 },
      expected: null,
      severity: 'yellow',
    },
    {
      name: 'gates are healthy',
      expr: 'last(heartbeat.gate_entropy_mean) > 0.5 && last(heartbeat.gate_collapse_frac) < 0.05',
      window: { kind: 'whole' },
      expected: null,
      severity: 'yellow',
    },
  ],
  flags: [
    { color: 'red', pattern: 'CUDA error|NCCL error|ChildFailedError', hint: null, expected: false },
    { color: 'yellow', pattern: 'hipBLASLt on an unsupported architecture', hint: null, expected: true },
  ],
};

export function trainingRows(from: number, to: number, toksPerSecond = 50): string {
  return Array.from({ length: to - from + 1 }, (_, index) => {
    const step = from + index;
    return `${step},${(4 - step / 1000).toFixed(4)},2.0e-04,${toksPerSecond + (step % 3)}\n`;
  }).join('');
}

export function judgeText(monitor: RunMonitor, final = false): Record<string, string> {
  const judged = monitor.judge({ final });
  return Object.fromEntries(judged.criteria.map(({ name, verdict }) => [name, verdict]));
}
