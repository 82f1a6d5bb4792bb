import { describe, expect, it } from 'vitest';
import type { RunDocument } from '../../src/store/run-document.ts';
import type { NamespaceHost } from '../support/namespace-host.ts';
import { explainMissingNamespaces } from '../support/namespaces.ts';
import { openSite } from '../support/namespace-site.ts';
import { usePeople } from '../support/person.ts';
import { countingJobOn, countingPlaybook, readRows } from './counting-job.ts';

const { person } = usePeople();
const options = { concurrent: true, timeout: 120_000 };

const faults: { name: string; begin: (host: NamespaceHost) => void }[] = [
  { name: 'whose cable is pulled', begin: (host) => host.cut() },
  { name: 'whose firewall drops everything', begin: (host) => host.drop() },
  { name: 'whose firewall resets every connection', begin: (host) => host.refuse() },
];

describe.skipIf(explainMissingNamespaces() !== null)('hosts in namespaces: a host', options, () => {
  for (const { name, begin } of faults) {
    it(`${name} in the middle of a run is unreachable since then, and nothing else changes`, async (test) => {
      const site = await openSite(test);
      site.addPlaybook('count', countingPlaybook);
      const box = await site.addHost('box');
      const who = person(test, site.env);
      const controller = who.start(['launch', 'count', '--host', 'box']);
      const job = countingJobOn(box);
      const { id } = await who.waitForRun('it has been looked at', ({ progress }) => (progress?.step ?? 0) > 0);
      const before = who.events(id);
      const cutAt = Date.now();

      begin(box);
      await who.waitForRun('the silence is noticed', ({ reachability }) => reachability.status === 'unreachable');
      await job.waitForMore(20);
      const [told] = (await who.ask(['status', id]))['runs'] as RunDocument[];
      expect(told).toMatchObject({ state: 'running', outcome: null, reachability: { status: 'unreachable' } });
      expect(Date.parse(told?.reachability.since ?? '')).toBeGreaterThanOrEqual(cutAt);
      expect(who.events(id)).toEqual([...before, expect.stringContaining('the job is not touched')]);

      box.heal();
      await who.waitForRun('it answers again', ({ reachability }) => reachability.status === 'reachable');
      job.enough();
      expect((await controller.ended).code).toBe(0);
      expect(who.newest()).toMatchObject({ state: 'succeeded', attempt: 1, outcome: { result: 'succeeded', exitCode: 0 } });
      expect(await readRows(who, id)).toEqual(job.rows());
      expect(job.starts()).toEqual([id]);
    });
  }
});
