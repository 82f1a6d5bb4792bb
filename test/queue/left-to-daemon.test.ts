import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, test } from 'vitest';
import { mayStartDaemon } from '../../src/cli/daemon/start-daemon.ts';
import { describeSuccessor, takesRunsUp } from '../../src/cli/render/successor.ts';
import type { DaemonRecord } from '../../src/store/queue-records.ts';
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

describe('fleet daemon --while-needed', { timeout: 60_000 }, () => {
  it('leaves the queue to the other where two are started at once, and ends when its store is removed', async (test) => {
    const who = person(test);
    const add = ['queue', 'add', 'prod-50k', '--host', 'demo-a100x2', '--hold'];
    expect(await who.run(add)).toMatchObject({ code: 0 });
    const both = [who.start(['daemon', '--while-needed']), who.start(['daemon', '--while-needed'])];
    const first = await Promise.race(both.map(async (daemon) => ({ daemon, ended: await daemon.ended })));
    const other = both.find((daemon) => daemon !== first.daemon);
    const said = `(pid ${other?.pid ?? 0}) sees to the queue since`;
    expect(first.ended).toMatchObject({ code: 0, stderr: expect.stringContaining(said) as string });

    renameSync(who.stateDir, `${who.stateDir}.old`);
    expect(await who.run(add)).toMatchObject({ code: 0 });
    const removed = 'was removed, or another file was put in its place';
    expect(await other?.ended).toMatchObject({ code: 1, stderr: expect.stringContaining(removed) as string });
    const { queue } = (await who.ask(['status'])) as { queue: object };
    expect(queue).toMatchObject({ held: 1, daemon: null });
  });
});

const holder: DaemonRecord = {
  owner: { user: 'ada', host: 'laptop', pid: 7, startTicks: null, bootId: null, pidNamespace: null },
  what: 'daemon',
  since: 0,
  lookedAt: 0,
};

test('who drives what was left is told, and how to go on where nobody does', () => {
  expect(describeSuccessor({ kind: 'found', holder, isNew: true }, 'it')).toEqual([
    'fleet daemon (pid 7) drives it from now on, and ends when nothing is left to do; to end it before: kill 7',
  ]);
  expect(describeSuccessor({ kind: 'found', holder, isNew: false }, 'them')).toEqual([
    'fleet daemon of ada@laptop (pid 7) drives them from now on',
  ]);
  expect(describeSuccessor({ kind: 'none', why: 'it ended with exit status 1' }, 'it')).toEqual([
    'fleet daemon could not be started: it ended with exit status 1; "fleet daemon" starts it by hand, or says why not',
  ]);
  expect(takesRunsUp({ kind: 'found', holder: { ...holder, what: 'queue run' }, isNew: false })).toBe(false);
});

test('FLEET_DAEMON says never, or nothing', () => {
  expect([{}, { FLEET_DAEMON: '' }, { FLEET_DAEMON: 'never' }].map(mayStartDaemon)).toEqual([true, true, false]);
  expect(() => mayStartDaemon({ FLEET_DAEMON: 'no' })).toThrow('FLEET_DAEMON: expected "never" or nothing, got "no"');
});
