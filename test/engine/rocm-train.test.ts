import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { findProgramRoot } from '../support/program-root.ts';
import { waitFor } from '../support/local-host.ts';
import { usePeople, type Person } from '../support/person.ts';
import { withClockWrongBy } from '../support/wrong-clock.ts';

const { person } = usePeople();
const host = 'demo-rx5600xt';
const quick = { PRETEND_SECONDS: '3' };

const onTheCpu = {
  state: 'succeeded',
  profile: 'cpu',
  attempt: 2,
  outcome: { result: 'succeeded', degraded: true, exitCode: 0 },
  progress: { step: 4 },
  attempts: [
    { attempt: 1, profile: 'gpu', degraded: false, ending: { exitCode: 134, failure: 'rocm-fault' } },
    { attempt: 2, profile: 'cpu', degraded: true, ending: { exitCode: 0 } },
  ],
};

/** Every start of the trainer leaves a log of its own. */
function countStarts(who: Person, run: string): string[] {
  return readdirSync(join(who.hostHome(host), '.local/state/fleet/runs', run)).filter((name) => /^a\d/.test(name));
}

describe.concurrent('rocm-train on a card that faults on its first batch', { timeout: 120_000 }, () => {
  it('goes on on the CPU by itself, and is degraded', async (test) => {
    const who = person(test, quick);
    const { code, stdout } = await who.run(['launch', 'rocm-train', '--host', host, '--set', 'epochs=4']);
    const run = who.newest();
    expect(run).toMatchObject(onTheCpu);
    expect(code).toBe(0);
    expect(stdout).toContain('succeeded, degraded: cpu');
    expect(run.flags.find(({ text }) => text.includes('MEMORY_APERTURE'))).toMatchObject({ color: 'yellow', expected: true });
    expect(run.criteria.map(({ name, verdict }) => [name, verdict])).toEqual([
      ['loss falls', 'met'],
      ['validation loss falls', 'met'],
    ]);
    expect(countStarts(who, run.id)).toEqual(['a1', 'a2']);
  });

  it('does so while nobody is there, and a resume an hour later finds it done', async (test) => {
    const who = person(test, quick);
    const text = readFileSync(join(findProgramRoot(), 'playbooks/rocm-train.yaml'), 'utf8');
    const impatient = who.writeFile('impatient.yaml', text.replace('  to: cpu\n', '  to: cpu\n  after: 1s\n'));
    const controller = who.start(['launch', impatient, '--host', host, '--set', 'epochs=4']);
    const { id } = await who.waitForRun('it runs', ({ state }) => state === 'running');
    controller.kill('SIGKILL');
    await controller.ended;
    const ended = join(who.hostHome(host), '.local/state/fleet/runs', id, 'a2/w0/job/exit');
    await waitFor('the guard has gone on on the CPU', () => existsSync(ended), 60_000);
    const resumed = await who.run(['resume'], withClockWrongBy(1));
    expect(resumed.code).toBe(0);
    expect(who.newest()).toMatchObject({ ...onTheCpu, id });
    expect(countStarts(who, id)).toEqual(['a1', 'a2']);
  });

  it('marks a run as degraded whose trainer has fallen back by itself', async (test) => {
    const who = person(test, { ...quick, PRETEND_FAULT: 'self-fallback' });
    expect((await who.run(['launch', 'rocm-train', '--host', host, '--set', 'epochs=4'])).code).toBe(0);
    expect(who.newest()).toMatchObject({ profile: 'gpu', attempt: 1, outcome: { result: 'succeeded', degraded: true } });
  });

  it('trains on the GPU where that works, and is not degraded', async (test) => {
    const who = person(test, { ...quick, PRETEND_FAULT: 'gpu-works' });
    expect((await who.run(['launch', 'rocm-train', '--host', host, '--set', 'epochs=4'])).code).toBe(0);
    expect(who.newest()).toMatchObject({ profile: 'gpu', attempt: 1, outcome: { result: 'succeeded', degraded: false } });
  });
});
