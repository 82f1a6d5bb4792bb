import { describe, expect, it } from 'vitest';
import { waitFor } from '../support/local-host.ts';
import { usePeople } from '../support/person.ts';
import { countTrainers, processesOf, readTrainingFile, rowsOf } from '../support/pretend-training.ts';

const { person } = usePeople();

describe.concurrent('with no controller, the guard on the host', { timeout: 180_000 }, () => {
  it('stops a training that hangs, and what comes back reads every row and sample and says why', async (test) => {
    const who = person(test, { PRETEND_SECONDS: '60', PRETEND_FAULT: 'hang@5000' });
    const playbook = who.changePlaybook({
      'no-new-line: 30m, first-line: 45m': 'no-new-line: 6s, first-line: 60s',
      '[TERM, 60s, KILL]': '[TERM, 1s, KILL]',
      'grace: 5m': 'grace: 1s',
      'accelerators: 10s': 'accelerators: 2s',
    });
    expect((await who.run(['launch', playbook, '--host', 'demo-a100x2', '--detach'])).code).toBe(0);
    const run = who.newest();
    expect(run.state).toBe('running');
    await waitFor('it has stopped it', () => processesOf(run.id).length === 0, 120_000);
    expect(who.newest()).toMatchObject({ state: 'running', outcome: null, controller: null });

    expect((await who.run(['resume'])).code).toBe(3);
    const ended = who.newest();
    expect(ended).toMatchObject({ state: 'failed', outcome: { result: 'failed', reason: 'stalled' } });
    expect(ended.message).toMatch(/stopped by the guard: no new line of progress for too long: \d+s without one/);
    const rows = rowsOf(await who.ask(['metrics', run.id, '--source', 'training']));
    expect(rows).toEqual(readTrainingFile(who.hostHome()));
    expect(rows.length).toBeGreaterThan(100);
    const samples = (await who.ask(['metrics', run.id, '--source', 'gpu']))['rows'] as { at: string; step: number | null }[];
    expect(samples.length).toBeGreaterThan(4);
    const times = samples.map(({ at }) => Date.parse(at));
    expect(Math.max(...times) - Math.min(...times)).toBeGreaterThan(3_000);
    expect(new Set(samples.map(({ step }) => step)).size).toBeGreaterThan(1);
    expect(ended.criteria.find(({ name }) => name === 'memory')?.verdict).toBe('met');
    expect(countTrainers(who.hostHome())).toBe(1);
  });

  it('stops a training on a disk that has less free than it should', async (test) => {
    const who = person(test, { PRETEND_SECONDS: '90' });
    const playbook = who.changePlaybook({
      'disk: { free: 2GB }': 'disk: { free: 8000TB }',
      '[TERM, 60s, KILL]': '[TERM, 1s, KILL]',
      'grace: 5m': 'grace: 1s',
    });
    const ended = await who.run(['launch', playbook, '--host', 'demo-a100x2']);
    expect(ended.code).toBe(3);
    expect(who.newest()).toMatchObject({ state: 'failed', outcome: { reason: 'disk-floor' } });
    expect(who.newest().message).toContain('free at .');
  });
});

describe('a job that could not begin', () => {
  it('says why', { timeout: 60_000 }, async (test) => {
    const who = person(test);
    const playbook = who.writeFile(
      'nowhere.yaml',
      `playbook: nowhere\nworkdir: no/such/folder\nlaunch: { run: echo x, log: job.log }\n`,
    );
    expect((await who.run(['launch', playbook, '--host', 'demo-a100x2'])).code).toBe(3);
    expect(who.newest()).toMatchObject({ state: 'failed', outcome: { reason: 'not-begun', exitCode: 126 } });
    expect((await who.run(['status', who.newest().id])).stdout).toContain('cannot enter the workdir no/such/folder');
  });
});
