import { describe, expect, it } from 'vitest';
import type { NamespaceHost } from '../support/namespace-host.ts';
import { explainMissingNamespaces } from '../support/namespaces.ts';
import { openSite } from '../support/namespace-site.ts';
import { firstOf } from '../support/full.ts';
import { usePeople } from '../support/person.ts';
import { countTrainers, readTrainingFile, rowsOf } from '../support/pretend-training.ts';

const { person } = usePeople();

const lines: { name: string; begin: (host: NamespaceHost) => void }[] = [
  { name: 'loses a fifth of all packets', begin: (host) => host.lose(0.2) },
  { name: 'takes 256 kbit a second', begin: (host) => host.slow('256kbit') },
];

describe.skipIf(explainMissingNamespaces() !== null)(
  'hosts in namespaces: prod-50k over a line that',
  { concurrent: true, timeout: 150_000 },
  () => {
    for (const { name, begin } of firstOf(lines, 1)) {
      it(`${name} ends as over a good one: one trainer, every row once`, async (test) => {
        const site = await openSite(test);
        const box = await site.addHost('box', {
          pretend: { PRETEND_SECONDS: '4' },
          ssh: { 'connect-timeout': '20s', keepalive: '10s' },
        });
        const who = person(test, site.env);
        begin(box);
        const ended = await who.run(['launch', 'prod-50k', '--host', 'box']);
        expect(ended).toMatchObject({ code: 0 });
        const run = who.newest();
        expect(run).toMatchObject({ state: 'succeeded', verdict: 'GO', attempt: 1 });
        expect(run.checks.filter(({ result }) => result !== 'pass')).toEqual([]);
        expect(rowsOf(await who.ask(['metrics', run.id, '--source', 'training']))).toEqual(readTrainingFile(box.home));
        expect(countTrainers(box.home)).toBe(1);
      });
    }
  },
);
