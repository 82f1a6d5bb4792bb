import { describe, expect, it, type TestContext } from 'vitest';
import type { NamespaceHost } from '../support/namespace-host.ts';
import { explainMissingNamespaces } from '../support/namespaces.ts';
import { openSite } from '../support/namespace-site.ts';
import { usePeople } from '../support/person.ts';
import { countingJobOn, countingPlaybook, readRows } from './counting-job.ts';

const { person } = usePeople();
const options = { concurrent: true, timeout: 120_000 };
const launch = ['launch', 'count', '--host', 'box'];

/** A plain user's host with hidepid=2. */
async function openHidingHost(test: TestContext, playbook: string) {
  const site = await openSite(test);
  site.addPlaybook('count', playbook);
  const box = await site.addHost('box', { user: 'trainer', hidesProcesses: true });
  return { who: person(test, site.env), box, job: countingJobOn(box) };
}

function asTrainer({ machine }: NamespaceHost, command: string): string {
  return machine.run('setpriv', '--reuid=4242', '--regid=4242', '--clear-groups', 'sh', '-c', command);
}

describe.skipIf(explainMissingNamespaces() !== null)(
  'hosts in namespaces: a plain user from whom /proc hides others',
  options,
  () => {
    it('launches, loses the controller, resumes and halts as elsewhere', async (test) => {
      const { who, box, job } = await openHidingHost(test, countingPlaybook);
      expect(asTrainer(box, '[ -e /proc/1 ] || echo hidden')).toBe('hidden\n');
      const first = who.start(launch);
      await job.waitForMore(3);
      first.kill('SIGKILL');
      await first.ended;
      const resumed = who.start(['resume']);
      const { id } = await who.waitForRun('it is driven again', ({ controller }) => controller?.pid === resumed.pid);
      await job.waitForMore(5);
      const { checks } = who.newest();
      const toldOf = checks.find(({ name }) => name === 'the host can keep a job running');
      const others = checks.filter((check) => check !== toldOf);
      expect(toldOf?.result).toBe('warn');
      expect(toldOf?.message).toContain('hidepid');
      expect(others.filter(({ result }) => result === 'fail' || result === 'error')).toEqual([]);
      expect((await who.run(['halt'])).code).toBe(0);
      expect((await resumed.ended).code).toBe(5);
      expect(who.newest()).toMatchObject({ state: 'halted', attempt: 1 });
      expect(box.processesOf(id)).toEqual([]);
      expect(await readRows(who, id)).toEqual(job.rows());

      const next = who.start([...launch, '--set', 'name=two']);
      const second = countingJobOn(box, 'two');
      await second.waitForMore(2);
      second.enough();
      expect((await next.ended).code).toBe(0);
      expect([job.starts(), second.starts()]).toEqual([[id], [who.newest().id]]);
    });
  },
);
