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
