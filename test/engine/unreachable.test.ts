import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, type TestContext } from 'vitest';
import { startEmbeddedHost } from '../../src/embedded/embedded-host.ts';
import type { RunDocument } from '../../src/store/run-document.ts';
import { waitFor } from '../support/local-host.ts';
import { usePeople, type Person } from '../support/person.ts';
import { countTrainers, processesOf, readTrainingFile, rowsOf } from '../support/pretend-training.ts';
import { findClosedPort, startTcpProxy } from '../support/tcp-proxy.ts';

const { person, program } = usePeople();
const isTraining = (run: RunDocument) => run.state === 'running' && (run.progress?.step ?? 0) > 0;

function writeInventory(who: Person, ssh: { port: number; key: string }): string {
  const demo = readFileSync(join(program().root, 'inventories/demo.yaml'), 'utf8');
  const commit = /commit: ([0-9a-f]{40})/.exec(demo)?.[1] ?? '';
  return who.writeFile(
    'inventory.yaml',
    `hosts:
  far:
    address: 127.0.0.1
    ssh: { user: pretend, port: ${ssh.port}, key: ${ssh.key}, agent: false, host-keys: accept-new, known-hosts: ${who.folder}/known_hosts, keepalive: 1s, connect-timeout: 3s }
    accelerators: { vendor: nvidia, model: A100, count: 2, memory: 80GB }
    params: { commit: ${commit} }
`,
  );
}

/** A pretend machine behind a line that can be cut. */
async function farAway(test: TestContext, pretend: Record<string, string>) {
  const who = person(test);
  const host = await startEmbeddedHost({
    name: 'far',
    machine: 'a100x2',
    dataDir: join(who.folder, 'far'),
    environment: { PRETEND_MAX_SECONDS: '120', ...pretend },
    assetsDir: join(program().root, 'dist'),
  });
  test.onTestFinished(() => host.close());
  const line = await startTcpProxy(host);
  test.onTestFinished(() => line.close());
  const inventory = writeInventory(who, { port: line.port, key: host.keyFile });
  const launch = ['launch', 'prod-50k', '--host', 'far', '--inventory', inventory];
  return { who, home: host.homeDir, line, launch };
}

const readRows = async (who: Person, run: RunDocument) => rowsOf(await who.ask(['metrics', run.id, '--source', 'training']));

describe.concurrent('a host out of reach', { timeout: 180_000 }, () => {
  it('from the start leaves a cancelled run and exit 4, and nothing was sent', async (test) => {
    const who = person(test);
    const key = join(who.folder, 'key');
    const inventory = writeInventory(who, { port: await findClosedPort(), key });
    who.writeFile('key', '');
    const ended = await who.run(['launch', 'prod-50k', '--host', 'far', '--inventory', inventory, '--json']);
    expect(ended.code).toBe(4);
    const [run] = (JSON.parse(ended.stdout) as { runs: RunDocument[] }).runs;
    expect(run).toMatchObject({ state: 'cancelled', verdict: null, startedAt: null, observedAt: null, checks: [] });
    expect(run?.reachability.status).toBe('unreachable');
    expect((await who.run(['resume'])).code).toBe(0);
    expect(who.newest().state).toBe('cancelled');
  });

  it('in the middle of a run leaves it running and unreachable; what was missed is read once on return', async (test) => {
    const { who, home, line, launch } = await farAway(test, { PRETEND_SECONDS: '6' });
    const controller = who.start(launch);
    const run = await who.waitForRun('the trainer makes steps', isTraining);
    line.stall();
    const cut = await who.waitForRun('the silence is noticed', ({ reachability }) => reachability.status === 'unreachable');
    expect(cut).toMatchObject({ state: 'running', outcome: null, controller: { pid: controller.pid } });
    const told = (await who.ask(['status', run.id]))['runs'] as RunDocument[];
    expect(told[0]).toMatchObject({ state: 'running', reachability: { status: 'unreachable' } });
    expect(told[0]?.reachability.since).not.toBeNull();
    line.refuse();
    await waitFor('its processes have ended', () => processesOf(run.id).length === 0, 60_000);
    expect(who.newest()).toMatchObject({ state: 'running', outcome: null, reachability: { status: 'unreachable' } });
    line.restore();
    expect((await controller.ended).code).toBe(0);
    expect(who.newest()).toMatchObject({ state: 'succeeded', reachability: { status: 'reachable' } });
    expect(await readRows(who, run)).toEqual(readTrainingFile(home));
    expect(countTrainers(home)).toBe(1);
  });

  it('again and again, in every phase, changes neither outcome nor rows, and one trainer is started', async (test) => {
    const { who, home, line, launch } = await farAway(test, { PRETEND_SECONDS: '8' });
    const controller = who.start(launch);
    await who.waitForRun('the host has answered', ({ state }) => state !== 'queued');
    // The longest question, the record of the run, gets through, and not much more.
    line.cutEach('up', 32_000);
    const ended = await controller.ended;
    expect(ended.code).toBe(0);
    expect(line.cuts).toBeGreaterThan(3);
    const run = who.newest();
    expect(run).toMatchObject({ state: 'succeeded', verdict: 'GO' });
    expect(run.checks.filter(({ result }) => result !== 'pass')).toEqual([]);
    expect(await readRows(who, run)).toEqual(readTrainingFile(home));
    expect(countTrainers(home)).toBe(1);
  });

  it('is not halted by a halt that cannot get through: the wish stays, and is carried out on return', async (test) => {
    const { who, line, launch } = await farAway(test, { PRETEND_SECONDS: '90' });
    const controller = who.start(launch);
    const run = await who.waitForRun('the trainer makes steps', isTraining);
    controller.kill('SIGKILL');
    await controller.ended;
    line.refuse();
    const halt = who.start(['halt', '--grace', '2s']);
    const halting = await who.waitForRun('the host is missed', ({ reachability }) => reachability.status === 'unreachable');
    expect(halting).toMatchObject({ state: 'halting', outcome: null });
    expect(processesOf(run.id).length).toBeGreaterThan(6);
    halt.kill('SIGINT');
    expect((await halt.ended).code).toBe(130);
    expect(who.newest().state).toBe('halting');
    line.restore();
    expect((await who.run(['halt'])).code).toBe(0);
    expect(processesOf(run.id)).toEqual([]);
    expect(who.newest()).toMatchObject({ state: 'halted', outcome: { result: 'halted' } });
  });
});
