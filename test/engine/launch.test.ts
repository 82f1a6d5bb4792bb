import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { RunDocument } from '../../src/store/run-document.ts';
import { waitFor } from '../support/local-host.ts';
import { usePeople, type Person } from '../support/person.ts';
import { countTrainers, outDir, readTrainingFile, rowsOf } from '../support/pretend-training.ts';

const { person } = usePeople();
const onDemo = ['--host', 'demo-a100x2'];

async function launch(who: Person, env: Record<string, string> = {}, playbook = 'prod-50k') {
  const ended = await who.run(['launch', playbook, ...onDemo, '--json'], env);
  const [run] = (JSON.parse(ended.stdout) as { runs: RunDocument[] }).runs;
  if (run === undefined) throw new Error(`no run: ${ended.stderr}`);
  return { run, code: ended.code, stderr: ended.stderr };
}

async function readRows(who: Person, run: RunDocument) {
  return rowsOf(await who.ask(['metrics', run.id, '--source', 'training']));
}

const verdictOf = (run: RunDocument, name: string) => run.criteria.find((criterion) => criterion.name === name)?.verdict;

describe.concurrent('a launch of prod-50k', { timeout: 120_000 }, () => {
  it('succeeds with GO, every criterion met, one trainer, and every row of training.csv once and in order', async (test) => {
    const who = person(test);
    // Long enough for a sample of the accelerators, also on a busy machine.
    const { run, code, stderr } = await launch(who, { PRETEND_SECONDS: '6' });
    expect(stderr).toBe('');
    expect(code).toBe(0);
    expect(run).toMatchObject({ state: 'succeeded', verdict: 'GO', outcome: { result: 'succeeded', reason: null, exitCode: 0 } });
    expect(run.criteria.map(({ name, verdict }) => `${name}: ${verdict}`)).toEqual(
      run.criteria.map(({ name }) => `${name}: met`),
    );
    expect(run.criteria).toHaveLength(7);
    expect(run.checks.filter(({ result }) => result !== 'pass')).toEqual([]);
    const rows = await readRows(who, run);
    expect(rows).toHaveLength(5009);
    expect(rows).toEqual(readTrainingFile(who.hostHome()));
    expect(countTrainers(who.hostHome())).toBe(1);
  });

  it('tells rows that arrive in halves neither twice nor torn', async (test) => {
    const who = person(test);
    const { run, code } = await launch(who, { PRETEND_FAULT: 'partial-lines' });
    expect(code).toBe(0);
    expect(await readRows(who, run)).toEqual(readTrainingFile(who.hostHome()));
    const heartbeat = await who.ask(['metrics', run.id, '--source', 'heartbeat']);
    const lines = readFileSync(join(who.hostHome(), outDir, 'heartbeat_rank0.jsonl'), 'utf8')
      .trim()
      .split('\n');
    expect((heartbeat['rows'] as { msg: string }[]).map(({ msg }) => msg)).toEqual(
      lines.map((line) => (JSON.parse(line) as { msg: string }).msg),
    );
  });

  it('fails where the process does not carry the critical environment, although it is fast', async (test) => {
    const { run, code } = await launch(person(test), { PRETEND_FAULT: 'wrong-config' });
    expect(run.outcome).toEqual({ result: 'failed', reason: 'environment-not-proved', exitCode: 0, degraded: false });
    expect(run.health).toBe('red');
    expect(verdictOf(run, 'throughput')).toBe('violated');
    const proof = run.checks.find(({ name }) => name === 'the started process carries the critical environment');
    expect(proof).toMatchObject({ result: 'fail' });
    expect(proof?.observed).toContain('CONFIG is missing');
    expect(code).toBe(3);
  });

  it('fails by its exit status when memory runs out, and names the flag that its log raised', async (test) => {
    const who = person(test);
    const { run, code } = await launch(who, { PRETEND_FAULT: 'oom@20000' });
    expect(run.outcome).toEqual({ result: 'failed', reason: 'exit-status', exitCode: 1, degraded: false });
    expect(run.flags.map(({ text }) => text).join('\n')).toContain('out of memory');
    expect(run.progress?.step).toBe(20_000);
    expect(await readRows(who, run)).toEqual(readTrainingFile(who.hostHome()));
    expect(code).toBe(3);
  });

  it('fails when the job says that it is done and has stopped short', async (test) => {
    const { run, code } = await launch(person(test), { PRETEND_FAULT: 'exit-early' });
    expect(run.outcome).toEqual({ result: 'failed', reason: 'stopped-short', exitCode: 0, degraded: false });
    expect(code).toBe(3);
  });

  it('fails when a red criterion was violated', async (test) => {
    const { run, code } = await launch(person(test), { PRETEND_FAULT: 'slow' });
    expect(verdictOf(run, 'throughput')).toBe('violated');
    expect(run.outcome).toEqual({ result: 'failed', reason: 'criterion-violated', exitCode: 0, degraded: false });
    expect(code).toBe(3);
  });

  it('calls a criterion over a loss that is not a number inconclusive, never met', async (test) => {
    const who = person(test);
    const { run } = await launch(who, { PRETEND_FAULT: 'nan@50' });
    expect(verdictOf(run, 'loss falls')).toBe('inconclusive');
    expect(verdictOf(run, 'throughput')).toBe('met');
    expect(await readRows(who, run)).toEqual(readTrainingFile(who.hostHome()));
  });

  it('dumps the stacks of a job that makes no progress before it halts it, and has then failed', async (test) => {
    const who = person(test);
    const playbook = who.changePlaybook({
      'no-progress: 3m, first-step: 10m, then: [stack-dump, notify]':
        'no-progress: 3s, first-step: 30s, then: [halt, stack-dump]',
      'grace: 5m': 'grace: 1s',
      '[TERM, 60s, KILL]': '[TERM, 1s, KILL]',
    });
    const { run, code } = await launch(who, { PRETEND_FAULT: 'hang@5000' }, playbook);
    expect(run.outcome).toMatchObject({ result: 'failed', reason: 'halted-by-rule' });
    expect(run.message).toMatch(/no progress for \d+ s/);
    expect(readdirSync(join(who.hostHome(), outDir)).filter((name) => name.startsWith('stackdump_'))).toHaveLength(2);
    const fetched = join(who.stateDir, 'runs', run.id, 'dumps');
    expect(readdirSync(fetched)).toHaveLength(2);
    expect(readFileSync(join(fetched, readdirSync(fetched)[0] ?? ''), 'utf8')).toContain('in train_step');
    expect(run.progress?.step).toBe(5000);
    expect(code).toBe(3);
    await waitFor('the guard has left too', () => who.processes().length === 0);
  });
});
