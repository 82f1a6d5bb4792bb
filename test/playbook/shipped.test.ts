import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createRunMonitor } from '../../src/monitor/run-monitor.ts';
import { makePlaybookSchema } from '../../src/playbook/json-schema.ts';
import { lintPlaybook } from '../../src/playbook/lint/lint-playbook.ts';
import { readPlaybook } from '../../src/playbook/read-playbook.ts';
import { resolvePlaybook } from '../../src/playbook/resolve-playbook.ts';
import { formatProblem } from '../../src/problem.ts';
import { canGoOn } from '../../src/queue/night-plan.ts';

const equals = (value: unknown) => ({ kind: 'equals', value });

const root = join(import.meta.dirname, '../..');
const file = join(root, 'playbooks/prod-50k.yaml');

function readShipped(path = file) {
  const { playbook, problems } = readPlaybook(path);
  if (playbook === null) throw new Error(problems.map(formatProblem).join('\n'));
  return playbook;
}

describe('prod-50k as it is shipped', () => {
  it('resolves with its defaults', () => {
    const { resolved, problems } = resolvePlaybook(readShipped(), { set: {}, host: {} });
    expect(problems).toEqual([]);
    expect(resolved?.env.filter(({ critical }) => critical).map(({ name }) => name)).toEqual(['NSA_PREFILL_BATCHED', 'CONFIG']);
    expect(resolved?.verify[0]?.deed).toMatchObject({
      kind: 'files',
      count: { low: 10, high: 10 },
      size: { low: 400e6, high: 600e6 },
    });
  });

  it('holds the whole configuration', () => {
    const { resolved } = resolvePlaybook(readShipped(), { set: {}, host: {} });
    const config = resolved?.validate.find(({ deed }) => deed.kind === 'config')?.deed;
    expect(config).toMatchObject({
      expect: {
        'model.dim': equals(768),
        'model.n_layers': equals(12),
        'model.n_heads': equals(12),
        'nsa.l': equals(32),
        'nsa.d': equals(16),
        'nsa.l_sel': equals(64),
        'nsa.n_sel': equals(16),
        'nsa.w': equals(512),
        'train.steps': equals(50000),
        'train.seq_len': equals(2048),
        'train.batch_size': equals(1),
        'train.lr': equals(0.0002),
        'train.save_every': equals(5000),
        'train.out_dir': equals('artifacts/m7c_125m_2xa100_prod'),
        'train.precision': equals('bf16'),
        'train.gradient_checkpointing': equals(false),
        'train.use_flash': equals(true),
      },
    });
  });

  it('warns that its own figures cannot be true together, and of nothing else', () => {
    expect(lintPlaybook(readShipped()).map(({ message }) => message)).toEqual([
      '50000 steps of 4096 tokens at 45..55 tokens/s take 43 to 53 days, and the duration is given as 15h..20h',
    ]);
  });

  it('is red when a wrong configuration makes it far too fast', () => {
    const { resolved } = resolvePlaybook(readShipped(), { set: {}, host: {} });
    const rules = resolved?.monitor;
    if (rules == null) throw new Error('nothing is watched');
    const judge = (toksPerSecond: number) => {
      const monitor = createRunMonitor(rules, null);
      const rows = Array.from({ length: 100 }, (_, index) => `${index + 1},3.5,1e-4,${toksPerSecond}\n`).join('');
      monitor.read({ source: 'training', worker: 0, attempt: 1, bytes: Buffer.from(rows), offset: 0, readAt: 0 });
      return monitor.judge().criteria.find(({ name }) => name === 'throughput');
    };
    expect(judge(970)).toMatchObject({ verdict: 'violated', severity: 'red', message: '970 is not plausible, which is 20..110' });
    expect(judge(60)).toMatchObject({ verdict: 'met', message: '60 is above the usual 45..55' });
    expect(judge(50)).toMatchObject({ verdict: 'met', message: null });
  });

  it('names each of its 88 rows', () => {
    expect(listMissingRows(file, 'S2', 88)).toEqual([]);
  });
});

describe('rocm-train as it is shipped', () => {
  const path = join(root, 'playbooks/rocm-train.yaml');

  it('resolves with its defaults, and nothing is found in it', () => {
    const { resolved, problems } = resolvePlaybook(readShipped(path), { set: {}, host: {} });
    expect(problems).toEqual([]);
    expect(resolved?.launch?.command).toContain('--batch-size 8 --num-workers 2 --max-epochs 20 --note "ROCm optimised"');
    expect(lintPlaybook(readShipped(path))).toEqual([]);
  });

  it('names each of its 73 rows', () => {
    expect(listMissingRows(path, 'S1', 73)).toEqual([]);
  });
});

describe('trm-sweep as it is shipped', () => {
  const path = join(root, 'playbooks/trm-sweep.yaml');
  const playbook = readShipped(path);
  const resolve = (point: string) => resolvePlaybook(playbook, { set: {}, host: {}, point });

  it('resolves for each of its 18 experiments, and nothing is found in any', () => {
    const points = Object.keys(playbook.points);
    expect(points).toHaveLength(18);
    expect(points.flatMap((point) => resolve(point).problems)).toEqual([]);
    expect(lintPlaybook(playbook)).toEqual([]);
  });

  it.each([
    ['e1_1_baseline', { global_batch_size: 256, per_worker_batch_size: 32, lr: 1e-4, lr_warmup_steps: 2000 }, 195300],
    ['e1_3_batch_512', { global_batch_size: 512, per_worker_batch_size: 64, lr: 2e-4, lr_warmup_steps: 3000 }, 97600],
    ['e1_3_batch_1024', { global_batch_size: 1024, per_worker_batch_size: 128, lr: 4e-4, lr_warmup_steps: 5000 }, 48800],
    ['e2_1_ema_off', { ema: false }, 195300],
    ['e2_2_t2_n2', { H_cycles: 2, L_cycles: 2 }, 195300],
    ['e2_2_t2_n6', { H_cycles: 2, L_cycles: 6 }, 195300],
    ['e2_2_t3_n4', { H_cycles: 3, L_cycles: 4 }, 195300],
    ['e2_2_t3_n6', { H_cycles: 3, L_cycles: 6 }, 195300],
    ['e2_2_t4_n6', { H_cycles: 4, L_cycles: 6 }, 195300],
    ['e2_3_attention', { mlp_t: false, pos_encodings: 'rope' }, 195300],
    ['e2_4_nsup_8', { halt_max_steps: 8 }, 195300],
    [
      'e3_1_large_model',
      { L_layers: 4, hidden_size: 1024, num_heads: 16, global_batch_size: 2048, per_worker_batch_size: 256, lr: 8e-4 },
      24400,
    ],
    ['e3_2_more_data', { dataset: 'sudoku-extreme-5k-aug-1000' }, 976500],
    ['e4_1_lr_search', { lr: 5e-4 }, 195300],
    ['e4_2_longer_training', { epochs: 100000 }, 390600],
    ['e4_3_deeper_model', { L_layers: 4 }, 195300],
    ['e4_4_no_warmup', { lr_warmup_steps: 0 }, 195300],
    ['e4_5_larger_batch', { global_batch_size: 2048, per_worker_batch_size: 256, lr: 8e-4, lr_warmup_steps: 10000 }, 24400],
  ])('%s changes %j, and nothing else', (point, changes, steps) => {
    expect(playbook.points[point]?.params).toEqual(changes);
    const { resolved } = resolve(point);
    expect(resolved).toMatchObject({ point, monitor: { progress: { of: steps } } });
    expect(Number(resolved?.params['per_worker_batch_size']) * 8).toBe(resolved?.params['global_batch_size']);
  });

  it('has the three sweeps, whose runs are named, and one of all experiments', () => {
    const told = Object.entries(playbook.sweeps).map(([name, runs]) => [name, runs.map(({ runName }) => runName).join(' ')]);
    expect(told).toEqual([
      ['tn_sweep', 'tn_t2_n2 tn_t2_n6 tn_t3_n4 tn_t3_n6 tn_t4_n6'],
      ['batch_sweep', 'batch_256 batch_512 batch_1024'],
      ['all_ablations', 'baseline ema_off tn_baseline attention nsup_8'],
      ['all_experiments', Object.keys(playbook.points).join(' ')],
    ]);
  });

  it('can yield at night: its next run goes on from a checkpoint', () => {
    const { resolved } = resolve('e1_1_baseline');
    expect(resolved !== null && canGoOn(resolved)).toBe(true);
  });

  it('names what a run leaves by its run name, and by the experiment where it has none', () => {
    expect(resolve('e1_1_baseline').resolved?.launch?.log).toBe('logs/e1_1_baseline.log');
    const set = { run_name: 'baseline_run_1' };
    const { resolved } = resolvePlaybook(playbook, { set, host: { storage: 'tmp' }, point: 'e1_1_baseline' });
    expect(resolved?.launch).toMatchObject({
      log: 'logs/baseline_run_1.log',
      halt: { sentinel: 'tmp/runs/baseline_run_1/.HALT' },
    });
    expect(resolved?.gang).toEqual({
      withinSeconds: 120,
      ready: '\\[Rank \\d+/\\d+\\] Starting training worker',
      onFailure: 'stop',
      processesPerWorker: 1,
    });
  });
});

describe('schemas/playbook.json', () => {
  it('is the schema of this version', () => {
    const shipped: unknown = JSON.parse(readFileSync(join(root, 'schemas/playbook.json'), 'utf8'));
    expect(shipped).toEqual(makePlaybookSchema());
  });

  it('lets a template stand where a number is wanted', () => {
    const schema = JSON.stringify(makePlaybookSchema());
    expect(schema).toContain(
      '"steps":{"anyOf":[{"type":"number","exclusiveMinimum":0},{"type":"string","pattern":"\\\\$\\\\{\\\\{.*\\\\}\\\\}"}]}',
    );
  });
});

/** Rows of a requirement document that stand nowhere in a playbook. */
function listMissingRows(path: string, document: string, count: number): string[] {
  const text = readFileSync(path, 'utf8');
  return Array.from({ length: count }, (_, index) => `${document}-${index + 1}`).filter(
    (row) => !new RegExp(`${row}\\b`).test(text),
  );
}
