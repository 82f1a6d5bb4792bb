import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { waitFor } from '../support/local-host.ts';
import type { NamespaceHost } from '../support/namespace-host.ts';
import { explainMissingNamespaces } from '../support/namespaces.ts';
import { openSite } from '../support/namespace-site.ts';
import { usePeople } from '../support/person.ts';
import { countingJobOn, countingPlaybook, readRows } from './counting-job.ts';
import { gatePath, placeGate } from './gate.ts';

const { person } = usePeople();
const launch = ['launch', 'count', '--host', 'box'];

function unitFolder({ home }: NamespaceHost, run: string): string {
  return join(home, '.local/state/fleet/runs', run, 'a1/w0/job');
}

function readIncarnation(host: NamespaceHost, run: string): string {
  return readFileSync(join(unitFolder(host, run), 'incarnation'), 'utf8').trim();
}

describe.skipIf(explainMissingNamespaces() !== null)(
  'hosts in namespaces: a power loss',
  { concurrent: true, timeout: 120_000 },
  () => {
    it('in the middle of a run loses it for a reboot, and tells both incarnations; the machine takes the next run', async (test) => {
      const site = await openSite(test);
      site.addPlaybook('count', countingPlaybook);
      const box = await site.addHost('box');
      const who = person(test, site.env);
      const controller = who.start(launch);
      const job = countingJobOn(box);
      await job.waitForMore(5);
      await box.powerOff();
      await box.powerOn();
      expect((await controller.ended).code).toBe(3);
      const run = who.newest();
      expect(run).toMatchObject({ state: 'lost', outcome: { result: 'lost', reason: 'reboot', exitCode: null } });
      expect(await readRows(who, run.id)).toEqual(job.rows());

      job.enough();
      expect((await who.run(launch)).code).toBe(0);
      const next = who.newest();
      expect(job.starts()).toEqual([run.id, next.id]);
      const [before, after] = [readIncarnation(box, run.id), readIncarnation(box, next.id)];
      expect(after).not.toBe(before);
      expect(run.message).toContain(before);
      expect(run.message).toContain(after);
    });

    it('lets go of the claim of a run that nobody drives: somebody else starts at once, and is left alone when the first comes back', async (test) => {
      const site = await openSite(test);
      site.addPlaybook('count', countingPlaybook);
      const box = await site.addHost('box');
      const one = person(test, site.env);
      const two = one.colleague();
      const controller = one.start(launch);
      const job = countingJobOn(box);
      await job.waitForMore(3);
      controller.kill('SIGKILL');
      await controller.ended;
      await box.powerOff();
      await box.powerOn();
      const other = two.start(launch);
      await job.waitForMore(3);
      expect((await one.run(['resume'])).code).toBe(3);
      expect(one.newest()).toMatchObject({ state: 'lost', outcome: { reason: 'reboot' } });
      expect(two.newest()).toMatchObject({ state: 'running' });
      job.enough();
      expect((await other.ended).code).toBe(0);
      expect(job.starts()).toEqual([one.newest().id, two.newest().id]);
    });

    it('between the claim of a start and its process, with the disk full, blocks the run: a person decides', async (test) => {
      const site = await openSite(test);
      site.addPlaybook('count', countingPlaybook);
      const box = await site.addHost('box', { diskSize: '4m', sshd: [gatePath] });
      const gate = placeGate(box, 'setsid');
      const who = person(test, site.env);
      const controller = who.start(launch);
      await gate.reached();
      const run = who.newest();
      expect(run.state).toBe('launching');
      expect(() => box.machine.run('dd', 'if=/dev/zero', 'of=/srv/filling', 'bs=4k')).toThrow('No space left');
      gate.open();
      // Its wrapper has failed to write down that it is there, and waits for room to say so.
      await waitFor('the wrapper waits for room', () => /^sleep 2$/m.test(box.machine.run('ps', '-e', '-o', 'args')));
      await box.powerOff();
      await box.powerOn();
      expect((await controller.ended).code).toBe(3);
      expect(who.newest()).toMatchObject({ state: 'blocked', outcome: null, startedAt: null });
      expect(countingJobOn(box).starts()).toEqual([]);
    });
  },
);
