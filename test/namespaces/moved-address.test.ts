import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, type TestContext } from 'vitest';
import type { NamespaceHost } from '../support/namespace-host.ts';
import { explainMissingNamespaces } from '../support/namespaces.ts';
import { openSite } from '../support/namespace-site.ts';
import { usePeople } from '../support/person.ts';
import { countingJobOn, countingPlaybook, readRows } from './counting-job.ts';
import { gatePath, placeGate } from './gate.ts';

const { person } = usePeople();
const launch = ['launch', 'count', '--host', 'right'];

/** Two machines made from one image, so that nothing but the machine itself tells them apart. */
async function twoMachines(test: TestContext) {
  const site = await openSite(test);
  site.addPlaybook('count', countingPlaybook);
  const [right, wrong] = [await site.addHost('right', { sshd: [gatePath] }), await site.addHost('wrong')];
  return {
    who: person(test, site.env),
    right,
    wrong,
    job: countingJobOn(right),
    moveAddress: () => site.lan.moveAddress(right.address, right.machine, wrong.machine),
    moveItBack: () => site.lan.moveAddress(right.address, wrong.machine, right.machine),
  };
}

/** Nothing of a run: no unit, no environment with secrets, no claim of the machine. */
function isUntouched({ home }: NamespaceHost): boolean {
  return ['runs', 'claims'].every((folder) => !existsSync(join(home, '.local/state/fleet', folder)));
}

const readMachineId = ({ machine }: NamespaceHost) => machine.run('cat', '/etc/machine-id').trim();

describe.skipIf(explainMissingNamespaces() !== null)(
  'hosts in namespaces: another machine at the address',
  { concurrent: true, timeout: 120_000 },
  () => {
    it('in the middle of a run says nothing of the run: it stays running, and goes on when the right one is back', async (test) => {
      const { who, right, wrong, job, moveAddress, moveItBack } = await twoMachines(test);
      const controller = who.start(launch);
      await job.waitForMore(3);
      const { id } = await who.waitForRun('it runs', ({ state }) => state === 'running');
      moveAddress();
      const moved = await who.waitForRun('another one answers', ({ reachability }) => reachability.status === 'unknown');
      expect(moved).toMatchObject({ state: 'running', outcome: null });
      const told = who.events(id).find((text) => text.includes('another machine answers'));
      for (const host of [right, wrong]) expect(told).toContain(`${readMachineId(host)} ${host.name}`);
      await job.waitForMore(10);
      expect(isUntouched(wrong)).toBe(true);
      moveItBack();
      await who.waitForRun('the right one answers', ({ reachability }) => reachability.status === 'reachable');
      job.enough();
      expect((await controller.ended).code).toBe(0);
      expect(who.newest()).toMatchObject({ state: 'succeeded', attempt: 1 });
      expect(await readRows(who, id)).toEqual(job.rows());
      expect(job.starts()).toEqual([id]);
    });

    for (const [moment, tool, text] of [
      // The sizes of files are read before a start, and setsid carries one out.
      ['before', 'ls', 'one.log'],
      ['during', 'setsid', ''],
    ] as const) {
      it(`${moment} a start whose controller died: nothing is started there, and a resume waits for the right one`, async (test) => {
        const { who, right, wrong, job, moveAddress, moveItBack } = await twoMachines(test);
        writeFileSync(join(right.home, 'one.log'), 'an older run\n');
        const gate = placeGate(right, tool, text);
        const first = who.start(launch);
        await gate.reached();
        first.kill('SIGKILL');
        await first.ended;
        const { id } = who.newest();
        expect(who.newest().state).toBe('launching');
        moveAddress();
        gate.open();
        const resumed = who.start(['resume']);
        const moved = await who.waitForRun('another one answers', ({ reachability }) => reachability.status === 'unknown');
        expect(moved).toMatchObject({ state: 'launching', outcome: null, startedAt: null });
        const told = who.events(id).find((text) => text.includes('another machine answers'));
        for (const host of [right, wrong]) expect(told).toContain(`${readMachineId(host)} ${host.name}`);
        expect(isUntouched(wrong)).toBe(true);
        moveItBack();
        await job.waitForMore(3);
        job.enough();
        expect((await resumed.ended).code).toBe(0);
        expect(await readRows(who, id)).toEqual(job.rows());
        expect(job.starts()).toEqual([id]);
        expect(isUntouched(wrong)).toBe(true);
      });
    }
  },
);
