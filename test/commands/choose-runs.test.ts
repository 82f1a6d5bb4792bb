import { describe, expect, it } from 'vitest';
import { readDocument } from '../support/built-fleet.ts';
import { finish, start } from '../support/seeded-store.ts';
import { useBuiltFleet, type Workplace } from '../support/workplace.ts';

const { inWorkplace } = useBuiltFleet();

function addInterrupted({ store, addRun }: Workplace, id: string): void {
  const lease = addRun({ id });
  start(store, lease);
  store.releaseLease(lease);
}

describe.concurrent('without a run to be about', () => {
  it.each([
    { command: 'resume', says: /no run is interrupted/ },
    { command: 'halt', says: /no run is active/ },
  ])('fleet $command says so, with exit code 0', ({ command, says }) =>
    inWorkplace(async ({ store, addRun, run }) => {
      finish(store, addRun({ id: 'endedaaaaa' }), 'cancelled', null);
      const [plain, json] = await Promise.all([run(command), run(command, '--json')]);
      expect(plain).toMatchObject({ code: 0, stderr: '' });
      expect(plain.stdout).toMatch(says);
      expect(json).toMatchObject({ code: 0, stderr: '' });
      expect(readDocument(json)).toEqual({ runs: [] });
    })(),
  );
});

describe.concurrent('with several runs to be about', () => {
  it.each([
    { command: 'resume', says: /2 runs are interrupted/ },
    { command: 'halt', says: /3 runs are active/ },
  ])('fleet $command lists them and touches none, with exit code 2', ({ command, says }) =>
    inWorkplace(async (workplace) => {
      addInterrupted(workplace, 'oneaaaaaaa');
      addInterrupted(workplace, 'twoaaaaaaa');
      workplace.addRun({ id: 'drivenaaaa' });
      const [plain, json] = await Promise.all([workplace.run(command), workplace.run(command, '--json')]);
      expect(plain).toMatchObject({ code: 2, stdout: '' });
      expect(plain.stderr).toMatch(says);
      expect(plain.stderr).toContain(`  hint: fleet ${command} oneaaaaaaa (prod-50k, running)\n`);
      expect(json).toMatchObject({ code: 2, stderr: '' });
      expect(readDocument(json)).toMatchObject({ error: { code: 'run-ambiguous' } });
      expect(workplace.store.activeRuns().map(({ state }) => state)).toEqual(
        expect.arrayContaining(['running', 'running', 'queued']),
      );
    })(),
  );
});

describe.concurrent('a run that somebody drives', () => {
  it(
    'is not resumed: its controller is named, with exit code 1',
    inWorkplace(async ({ addRun, run }) => {
      addRun({ id: 'drivenaaaa', plan: JSON.stringify({ version: 1 }) });
      const answered = await run('resume', 'driven', '--json');
      expect(answered).toMatchObject({ code: 1, stderr: '' });
      const { error } = readDocument(answered) as { error: { code: string; message: string; suggestions: string[] } };
      expect(error.code).toBe('run-held');
      expect(error.message).toContain(`pid ${process.pid}`);
      expect(error.suggestions.join('\n')).toContain('fleet resume drivenaaaa --take-over');
    }),
  );
});

describe.concurrent('a blocked run', () => {
  it(
    'waits for a person: it is not resumed alone, and status says where to read on',
    inWorkplace(async ({ store, addRun, run }) => {
      const lease = addRun({ id: 'blockedaaa' });
      const event = { at: Date.now(), kind: 'state', text: 'blocked' };
      store.transition(lease, { from: ['queued'], to: 'blocked', event, message: 'whether it ran is for a person to say' });
      store.releaseLease(lease);
      expect(await run('resume')).toMatchObject({ code: 0, stdout: expect.stringContaining('no run is interrupted') as string });
      expect((await run('status')).stdout).toContain('it waits for a person: fleet status blockedaaa says for what');
    }),
  );
});
