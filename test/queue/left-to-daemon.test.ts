import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { waitFor } from '../support/local-host.ts';
import { usePeople, type Person } from '../support/person.ts';
import { openSmallHost } from '../support/small-run.ts';

const { person } = usePeople();
const startsDaemon = { FLEET_DAEMON: '' };

/** Runs until it is told to end. */
const patient = `playbook: patient
workdir: @work
launch:
  log: out/training.log
  halt: { sentinel: out/halt, grace: 5s, then: [TERM, 1s, KILL] }
  run: |
    rm -f out/halt
    echo "$FLEET_RUN_ID job" >>@starts
    until [ -e out/end ] || [ -e out/halt ]; do sleep 0.1; done
`;

/** The lines of its log. */
function readLog(who: Person): string[] {
  const file = join(who.stateDir, 'daemon.log');
  const lines = existsSync(file) ? readFileSync(file, 'utf8').trimEnd().split('\n') : [];
  return lines.map((line) => (JSON.parse(line) as { msg: string }).msg);
}

const isThere = (pid: number) => existsSync(`/proc/${pid}`);

describe('a launch that leaves', { timeout: 120_000 }, () => {
  it('starts the daemon, which drives its run, is resumed beside, copes with a halt, and ends when nothing is left', async (test) => {
    const who = person(test, startsDaemon);
    const host = await openSmallHost(test, who);
    host.clear(who);
    const words = host.write('patient', patient);
    expect(await who.run(['queue', 'add', ...words, '--hold'])).toMatchObject({ code: 0 });

    const left = await who.run(['launch', ...words, '--detach']);
    expect(left).toMatchObject({ code: 0, stderr: expect.not.stringContaining('nobody drives it') as string });
    const [, pid = 0] = (/fleet daemon \(pid (\d+)\) drives it from now on/.exec(left.stderr) ?? []).map(Number);
    const first = await who.waitForRun('the daemon drives it', ({ controller }) => controller?.pid === pid, 15_000);
    expect(left.stderr).toContain(`fleet watch ${first.id}`);
    expect(await who.run(['halt', first.id])).toMatchObject({ code: 0 });
    expect(who.newest()).toMatchObject({ id: first.id, state: 'halted' });

    const entry = (await who.ask(['queue', 'list'])) as { entries: { id: string }[] };
    await who.run(['queue', 'release', entry.entries[0]?.id ?? '']);
    const second = await who.waitForRun('it drives the entry', (run) => run.id !== first.id && run.state === 'running');
    const resumeBeside = async () => {
      const resumed = who.start(['resume', second.id]);
      const told = `fleet daemon (pid ${pid}) drives run ${second.id}`;
      await waitFor('it is told who drives', () => resumed.said().stderr.includes(told));
      return resumed;
    };
    const beside = await resumeBeside();
    beside.kill('SIGINT');
    expect(await beside.ended).toMatchObject({
      code: 130,
      stderr: expect.stringContaining(`fleet watch ${second.id}`) as string,
    });
    expect(who.newest()).toMatchObject({ state: 'running', controller: { pid } });
    const again = await resumeBeside();
    writeFileSync(join(host.work, 'out/end'), '');
    expect(await again.ended).toMatchObject({ code: 0, stdout: expect.stringContaining('succeeded') as string });

    await waitFor('the daemon has ended', () => !isThere(pid), 15_000);
    expect(readLog(who)).toContain('nothing is left to do');
    expect(host.starts(second.id)).toEqual(['job']);
  });
});
