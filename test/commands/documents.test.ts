import { describe, expect, it } from 'vitest';
import type { ZodType } from 'zod';
import { errorDocument, execDocument, lintDocument, metricsDocument, runsDocument } from '../support/contract.ts';
import { usePeople, type Person } from '../support/person.ts';

const { person } = usePeople();
const onDemo = ['--host', 'demo-a100x2'];

/** The one document on stdout, held to what scripts rely on. Nothing else may have been written. */
async function ask<T>(who: Person, shape: ZodType<T>, ...args: string[]): Promise<{ code: number | null; document: T }> {
  const { code, stdout, stderr } = await who.run([...args, '--json']);
  expect(stderr).toBe('');
  return { code, document: shape.parse(JSON.parse(stdout)) };
}

describe.concurrent('the documents of --json have every field', () => {
  it('of a run that was launched, in launch, status, metrics and lint', async (test) => {
    const who = person(test, { PRETEND_SECONDS: '2', PRETEND_FAULT: 'oom@40000' });
    const { code, document } = await ask(who, runsDocument, 'launch', 'prod-50k', ...onDemo);
    expect(code).toBe(3);
    const [run] = document.runs;
    expect(run).toMatchObject({ kind: 'launch', host: 'demo-a100x2', controller: null, verdict: 'GO', outcome: { exitCode: 1 } });
    expect(run?.progress).toMatchObject({ step: 40_000, of: 50_000 });
    expect(run?.flags.length).toBeGreaterThan(0);
    expect(run?.criteria).toHaveLength(7);
    expect(new Set(run?.checks.map(({ phase }) => phase))).toEqual(
      new Set(['requirements', 'prepare', 'validate', 'launch', 'verify']),
    );
    expect(run?.cost).toBeNull();
    expect((await ask(who, runsDocument, 'status')).document.runs).toEqual([run]);
    expect((await ask(who, runsDocument, 'status', '--all')).document.runs).toEqual([run]);
    const { rows } = (await ask(who, metricsDocument, 'metrics', run?.id ?? '')).document;
    expect(rows.filter(({ source }) => source === 'training').at(-1)).toMatchObject({
      step: 40_000,
      toks_per_s: expect.any(Number) as number,
    });
    const lint = await ask(who, lintDocument, 'lint');
    expect(lint.code).toBe(0);
    expect(lint.document.problems).toMatchObject([{ path: 'work.duration', severity: 'warning' }]);
  });

  it('of a run that was only validated', async (test) => {
    const who = person(test);
    const { code, document } = await ask(who, runsDocument, 'validate', 'prod-50k', ...onDemo);
    expect(code).toBe(0);
    expect(document.runs).toMatchObject([
      { kind: 'validate', verdict: 'GO', progress: null, startedAt: null, outcome: { result: 'succeeded', exitCode: null } },
    ]);
    expect(document.runs[0]?.checks.some(({ phase }) => phase === 'prepare')).toBe(false);
  });

  it('of a run that was left, resumed by nobody, and halted', async (test) => {
    const who = person(test, { PRETEND_SECONDS: '60' });
    const started = await ask(who, runsDocument, 'launch', 'prod-50k', ...onDemo, '--detach');
    expect(started.code).toBe(0);
    expect(started.document.runs).toMatchObject([{ state: 'running', controller: null, outcome: null, endedAt: null }]);
    const { document: halted, code } = await ask(who, runsDocument, 'halt');
    expect(code).toBe(0);
    expect(halted.runs).toMatchObject([{ state: 'halted', outcome: { result: 'halted', reason: null } }]);
    expect(await ask(who, runsDocument, 'resume')).toEqual({ code: 0, document: { runs: [] } });
    expect(await ask(who, runsDocument, 'halt')).toEqual({ code: 0, document: { runs: [] } });
  });

  it('of a command on a host, and of an error', async (test) => {
    const who = person(test);
    const { stdout } = await who.run(['exec', ...onDemo, '--json', '--', 'true']);
    expect(execDocument.parse(JSON.parse(stdout)).results).toMatchObject([{ host: 'demo-a100x2', exitCode: 0, signal: null }]);
    const refused = await ask(who, errorDocument, 'launch', 'prod-50k', '--host', 'prime1');
    expect(refused).toMatchObject({ code: 4, document: { error: { code: 'host-address-unknown' } } });
  });
});
