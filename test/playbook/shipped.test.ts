import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createRunMonitor } from '../../src/monitor/run-monitor.ts';
import { makePlaybookSchema } from '../../src/playbook/json-schema.ts';
import { lintPlaybook } from '../../src/playbook/lint/lint-playbook.ts';
import { readPlaybook } from '../../src/playbook/read-playbook.ts';
import { resolvePlaybook } from '../../src/playbook/resolve-playbook.ts';
import { formatProblem } from '../../src/problem.ts';

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
