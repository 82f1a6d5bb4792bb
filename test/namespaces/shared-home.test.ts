import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, type TestContext } from 'vitest';
import type { NamespaceHost } from '../support/namespace-host.ts';
import { explainMissingNamespaces } from '../support/namespaces.ts';
import { openSite, type Site } from '../support/namespace-site.ts';
import { usePeople } from '../support/person.ts';
import { countingJobOn, countingPlaybook, readRows } from './counting-job.ts';

const { person } = usePeople();
const options = { concurrent: true, timeout: 120_000 };
const sleepers = 300;

/** Workers w1, w2, ... with one home, as over NFS. The last one has a live process for every pid that the others come to use. */
async function openWorkers(test: TestContext, count: number): Promise<{ site: Site; workers: NamespaceHost[] }> {
  const site = await openSite(test);
  site.addPlaybook('count', countingPlaybook);
  const home = join(site.folder, 'shared-home');
  mkdirSync(home);
  const names = Array.from({ length: count }, (_, index) => `w${index + 1}`);
  const workers = await Promise.all(names.map((name) => site.addHost(name, { home, params: { name } })));
  const crowd = `i=0; while [ $i -lt ${sleepers} ]; do i=$((i + 1)); sleep 1000 & done >/dev/null 2>&1`;
  workers.at(-1)?.machine.run('sh', '-c', crowd);
  return { site, workers };
}

/** A process there has the pid of the run's job. */
function hasNamesake({ home, machine }: NamespaceHost, run: string): boolean {
  const [pid] = readFileSync(join(home, '.local/state/fleet/runs', run, 'a1/w0/job/pid'), 'utf8').split(' ');
  return machine.run('ps', '-o', 'args=', '-p', pid ?? '').startsWith('sleep 1000');
}

const countSleepers = ({ machine }: NamespaceHost) =>
  machine
    .run('ps', '-e', '-o', 'args')
    .split('\n')
    .filter((line) => line === 'sleep 1000').length;

describe.skipIf(explainMissingNamespaces() !== null)('hosts in namespaces: one home shared by several machines', options, () => {
  it('gives each machine a claim and each of eight runs one start; halting one leaves seven alone', async (test) => {
    const { site, workers } = await openWorkers(test, 8);
    const who = person(test, site.env);
    const controller = who.start(['launch', 'count', '--host', 'w[1-8]']);
    const jobs = workers.map((worker) => countingJobOn(worker, worker.name));
    await Promise.all(jobs.map((job) => job.waitForMore(3)));
    const runs = workers.map(({ name }) => who.runs().find(({ host }) => host === name)?.id ?? '');
    const [folder] = workers.map(({ home }) => join(home, '.local/state/fleet/claims'));
    expect(readdirSync(folder ?? '')).toHaveLength(8);
    const placesOf = (run: string) => workers.filter((worker) => worker.processesOf(run).length > 0);
    expect(runs.map(placesOf)).toEqual(workers.map((worker) => [worker]));
    const last = workers.at(-1) as NamespaceHost;
    expect(runs.slice(0, -1).map((run) => hasNamesake(last, run))).toEqual(runs.slice(0, -1).map(() => true));

    expect((await who.run(['halt', runs[2] ?? ''])).code).toBe(0);
    expect(workers[2]?.processesOf(runs[2] ?? '')).toEqual([]);
    const others = jobs.filter((_, index) => index !== 2);
    await Promise.all(others.map((job) => job.waitForMore(3)));
    for (const job of others) job.enough();
    expect((await controller.ended).code).toBe(5);
    expect(who.runs().map(({ host, state }) => `${host} ${state}`)).toEqual(
      expect.arrayContaining(workers.map(({ name }) => `${name} ${name === 'w3' ? 'halted' : 'succeeded'}`)),
    );
    expect(jobs.map((job) => job.starts())).toEqual(runs.map((run) => [run]));
    expect(countSleepers(last)).toBe(sleepers);
  });

  it('shows a run to every machine, and yet no other starts it, takes it up or halts it', async (test) => {
    const { site, workers } = await openWorkers(test, 2);
    const [right, wrong] = workers as [NamespaceHost, NamespaceHost];
    const who = person(test, site.env);
    const controller = who.start(['launch', 'count', '--host', 'w1']);
    const { id } = await who.waitForRun('it has been looked at', ({ progress }) => (progress?.step ?? 0) > 0);
    controller.kill('SIGKILL');
    await controller.ended;
    const seen = await readRows(who, id);
    expect(hasNamesake(wrong, id)).toBe(true);
    const job = countingJobOn(right, 'w1');
    site.lan.moveAddress(right.address, right.machine, wrong.machine);

    const resumed = who.start(['resume']);
    await who.waitForRun('another one answers', ({ reachability }) => reachability.status === 'unknown');
    await job.waitForMore(5);
    expect(await readRows(who, id)).toEqual(seen);
    resumed.kill('SIGINT');
    expect((await resumed.ended).code).toBe(130);
    expect(who.newest()).toMatchObject({ state: 'running', outcome: null });

    const halt = who.start(['halt']);
    await who.waitForRun('it is to halt', ({ state }) => state === 'halting');
    await job.waitForMore(10);
    expect(who.newest()).toMatchObject({ state: 'halting', outcome: null, reachability: { status: 'unknown' } });
    site.lan.moveAddress(right.address, wrong.machine, right.machine);
    expect((await halt.ended).code).toBe(0);
    expect(who.newest()).toMatchObject({ state: 'halted', reachability: { status: 'reachable' } });
    expect(right.processesOf(id)).toEqual([]);
    expect(await readRows(who, id)).toEqual(job.rows());
    expect(job.starts()).toEqual([id]);
    expect(countSleepers(wrong)).toBe(sleepers);
  });
});
