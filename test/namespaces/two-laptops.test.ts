import { describe, expect, it } from 'vitest';
import { waitFor } from '../support/local-host.ts';
import { explainMissingNamespaces } from '../support/namespaces.ts';
import { openSite } from '../support/namespace-site.ts';
import { usePeople } from '../support/person.ts';
import { countingJobOn, countingPlaybook } from './counting-job.ts';

const { person } = usePeople();
const rounds = Array.from({ length: 10 }, (_, index) => `round-${index + 1}`);

describe.skipIf(explainMissingNamespaces() !== null)('hosts in namespaces: two laptops', { timeout: 150_000 }, () => {
  it('that launch on two names of one host at the same moment, ten times, start one job each time; the others are told whose it is', async (test) => {
    const site = await openSite(test);
    site.addPlaybook('count', countingPlaybook);
    const box = await site.addHost('box');
    site.list('alias', box);
    const one = person(test, site.env);
    const laptops = [one, one.colleague()];
    for (const name of rounds) {
      const launch = ['launch', 'count', '--host', 'box,alias', '--set', `name=${name}`];
      const launches = laptops.map((who) => who.start(launch));
      const newest = () => laptops.flatMap((who) => who.runs().slice(0, 2));
      const isRefused = ({ outcome }: { outcome: { reason: string | null } | null }) => outcome?.reason === 'host-busy';
      const job = countingJobOn(box, name);
      await waitFor(`${name}: three of four are refused`, () => newest().filter(isRefused).length === 3);
      await job.waitForMore(1);
      job.enough();
      // Each laptop has one that was refused at least.
      expect((await Promise.all(launches.map(({ ended }) => ended))).map(({ code }) => code)).toEqual([3, 3]);
      const runs = newest();
      const winners = runs.filter(({ state }) => state === 'succeeded').map(({ id }) => id);
      expect(job.starts()).toEqual(winners);
      expect(winners).toHaveLength(1);
      for (const run of runs.filter(isRefused)) {
        expect(run).toMatchObject({ state: 'failed', verdict: 'NO-GO', startedAt: null });
        expect(run.message).toContain(winners[0]);
      }
    }
  });
});
