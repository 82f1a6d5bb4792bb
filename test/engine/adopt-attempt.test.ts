import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { detachedExecutor } from '../../src/remote/detached/executor.ts';
import { withHostScript } from '../../src/remote/host-script.ts';
import { waitFor } from '../support/local-host.ts';
import { usePeople, type Person } from '../support/person.ts';

const { person } = usePeople();
const job = (seconds: number, status: number) =>
  `echo "begun $FLEET_ATTEMPT" >>begun; echo "$FLEET_ATTEMPT,1" >>rows.csv; sleep ${seconds}; exit ${status}`;

/** As whoever is on the host does it, with no controller there. */
function beginAttempt(who: Person, run: string, attempt: number, script: string): void {
  const none = { log: 'job.log', timeLimitSeconds: null, sentinel: null, prove: null, stall: null, disk: null, sampling: null };
  const work = { script, workdir: '.', needsEnvironment: false, needsClaim: true, graceSeconds: 0, then: [], ...none };
  const { body } = detachedExecutor.start({ run, token: 1 }, { attempt, worker: 0, unit: 'job' }, work);
  const home = who.hostHome();
  execFileSync('sh', { input: withHostScript(null, body), env: { PATH: process.env['PATH'], HOME: home }, cwd: home });
}

describe('an attempt that was begun on the host while no controller was there', { timeout: 120_000 }, () => {
  it('is adopted by the next one: it is not begun again, and its end is the end of the run', async (test) => {
    const who = person(test);
    const playbook = who.writeFile(
      'twice.yaml',
      `playbook: twice
workdir: '.'
launch: { run: '${job(1, 1)}', log: job.log }
monitor:
  metrics: { rows: { csv: rows.csv, columns: [step, value] } }
`,
    );
    expect((await who.run(['launch', playbook, '--host', 'demo-a100x2', '--detach'])).code).toBe(0);
    const { id } = who.newest();
    const folder = join(who.hostHome(), '.local/state/fleet/runs', id);
    await waitFor('the first attempt has failed', () => existsSync(join(folder, 'a1/w0/job/exit')));
    beginAttempt(who, id, 2, job(2, 0));

    expect((await who.run(['resume'])).code).toBe(0);
    expect(who.newest()).toMatchObject({ id, state: 'succeeded', attempt: 2, outcome: { result: 'succeeded', exitCode: 0 } });
    expect(who.events(id)).toContain('attempt 2 was begun on the host; it is followed from here on');
    expect(readFileSync(join(who.hostHome(), 'begun'), 'utf8')).toBe('begun 1\nbegun 2\n');
    const { rows } = (await who.ask(['metrics', id])) as { rows: { step: number }[] };
    expect(rows.map(({ step }) => step)).toEqual([1, 2]);
  });
});
