import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { waitFor } from '../support/local-host.ts';
import { readIfThere, usePeople } from '../support/person.ts';
import { processesOf } from '../support/pretend-training.ts';

const { person } = usePeople();
const limitMs = 60_000;

const playbook = `playbook: commands
workdir: '.'
prepare:
  - { action: quick, run: echo quick >>done }
  - { action: slow, run: 'echo begun >>done; while [ ! -f go-on ]; do sleep 0.1; done; echo slow >>done' }
validate:
  - { check: long, run: 'echo looked >>done; while [ ! -f look-on ]; do sleep 0.1; done; echo 3/3', expect: { stdout: { equals: '3/3' } }, expected-time: 2m }
launch: { run: echo job >>done, log: job.log }
`;

describe.concurrent("an author's command that changes something or takes long", { timeout: 180_000 }, () => {
  it('is run once, is adopted while it goes on, and is not repeated when it has ended meanwhile', async (test) => {
    const who = person(test);
    const done = join(who.hostHome(), 'done');
    const path = who.writeFile('commands.yaml', playbook);
    const first = who.start(['launch', path, '--host', 'demo-a100x2']);
    await waitFor('the slow action has begun', () => readIfThere(done).includes('begun'), limitMs);
    first.kill('SIGKILL');
    await first.ended;

    const second = who.start(['resume']);
    await who.waitForRun('it is driven again', ({ controller }) => controller?.pid === second.pid, limitMs);
    second.kill('SIGKILL');
    await second.ended;
    who.writeFile(join('data/fleet/embedded/demo-a100x2/home', 'go-on'), '');
    await waitFor('the action ends with nobody there', () => readIfThere(done).includes('slow'), limitMs);

    const third = who.start(['resume']);
    await waitFor('the long check has begun', () => readIfThere(done).includes('looked'), limitMs);
    third.kill('SIGKILL');
    await third.ended;
    const fourth = who.start(['resume', '--json']);
    await who.waitForRun('it is driven again', ({ controller }) => controller?.pid === fourth.pid, limitMs);
    who.writeFile(join('data/fleet/embedded/demo-a100x2/home', 'look-on'), '');
    const ended = await fourth.ended;
    expect(ended.code).toBe(0);
    expect(readIfThere(done).trim().split('\n')).toEqual(['quick', 'begun', 'slow', 'looked', 'job']);
    const results = who.newest().checks.filter(({ phase }) => phase === 'prepare' || phase === 'validate');
    expect(results.map(({ name, result }) => `${name} ${result}`)).toEqual(['quick pass', 'slow pass', 'long pass']);
  });

  it('is stopped past twice its expected time, with all that it started, and nothing is launched', async (test) => {
    const who = person(test);
    const path = who.writeFile(
      'late.yaml',
      `playbook: late
workdir: '.'
validate: [{ check: late, run: 'touch begun; sleep 300 & setsid sleep 300 & sleep 300', expected-time: 1s }]
launch: { run: touch started, log: job.log }
`,
    );
    const ended = await who.run(['launch', path, '--host', 'demo-a100x2']);
    const run = who.newest();
    expect(ended.code).toBe(3);
    expect(run).toMatchObject({ verdict: 'NO-GO', outcome: { reason: 'no-go' }, startedAt: null });
    const [late] = run.checks.filter(({ name }) => name === 'late');
    expect(late).toMatchObject({ result: 'fail', expected: 'done within 1s', observed: 'stopped after 2s' });
    expect(late?.seconds).toBeLessThan(40);
    expect(existsSync(join(who.hostHome(), 'begun'))).toBe(true);
    expect(existsSync(join(who.hostHome(), 'started'))).toBe(false);
    await waitFor('nothing of the run is left', () => processesOf(run.id).length === 0, limitMs);
  });
});
