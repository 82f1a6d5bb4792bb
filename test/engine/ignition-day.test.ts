import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { RunDocument } from '../../src/store/run-document.ts';
import { usePeople } from '../support/person.ts';

const { person } = usePeople();
const onDemo = ['ignition-day', '--host', 'demo-a4000'];

function readRun(stdout: string): RunDocument {
  const [run] = (JSON.parse(stdout) as { runs: RunDocument[] }).runs;
  if (run === undefined) throw new Error('no run');
  return run;
}

describe.concurrent('ignition day on an RTX A4000', { timeout: 120_000 }, () => {
  it('takes the project from the CPU to the GPU, every step after the one before', async (test) => {
    const who = person(test);
    const { code, stdout } = await who.run(['launch', ...onDemo, '--json']);
    const run = readRun(stdout);
    expect(run.checks.filter(({ result }) => result !== 'pass')).toEqual([]);
    expect(code).toBe(0);
    expect(run).toMatchObject({ verdict: 'GO', outcome: { result: 'succeeded', exitCode: 0 } });
    expect(run.criteria.map(({ verdict }) => verdict)).toEqual(run.criteria.map(() => 'met'));
  });

  it('goes back to the CPU when CUDA does not work, writes down why, and locks the host', async (test) => {
    const who = person(test, { PRETEND_CUDA: 'none' });
    const { code, stdout } = await who.run(['launch', ...onDemo, '--json']);
    const run = readRun(stdout);
    expect(code).toBe(3);
    expect(run).toMatchObject({ verdict: 'NO-GO', outcome: { result: 'failed', reason: 'prepare-failed' } });
    const rollback = run.checks.filter(({ phase }) => phase === 'rollback');
    expect(rollback.map(({ result }) => result)).toEqual(['pass', 'pass', 'pass', 'pass']);
    const project = join(who.hostHome('demo-a4000'), 'world-model');
    expect(readFileSync(join(project, 'docs/gpu_issues.md'), 'utf8')).toContain('CUDA is available: expected');
    expect(existsSync(join(project, '.venv_gpu'))).toBe(false);
    expect((await who.run(['launch', ...onDemo])).stderr).toContain('the ignition day failed');
  });

  it('ends before anything with an old driver, naming the one that is needed', async (test) => {
    const who = person(test, { PRETEND_DRIVER: '535.104.05' });
    const { code, stdout } = await who.run(['validate', ...onDemo, '--json']);
    const run = readRun(stdout);
    expect(code).toBe(3);
    expect(run.checks.find(({ name }) => name === 'driver')).toMatchObject({
      ...{ result: 'fail', expected: '>=545', observed: '535.104.05' },
      message: expect.stringContaining('required >=545, found 535.104.05; install an NVIDIA driver that is >=545') as string,
    });
    const prepare = run.checks.filter(({ phase }) => phase === 'prepare');
    expect(prepare.length).toBeGreaterThan(10);
    expect(prepare.filter(({ result }) => result !== 'skip')).toEqual([]);
  });
});
