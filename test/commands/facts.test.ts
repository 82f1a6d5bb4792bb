import { describe, expect, it } from 'vitest';
import type { WorkerFacts } from '../../src/cli/read-facts.ts';
import { openStore } from '../../src/store/open-store.ts';
import { usePeople } from '../support/person.ts';

const { person } = usePeople();

describe.concurrent('fleet facts', { timeout: 60_000 }, () => {
  it('tells what a host has, for people and as JSON, and keeps it', async (test) => {
    const who = person(test);
    const shown = await who.run(['facts', 'demo-a100x2']);
    expect(shown).toMatchObject({ code: 0, stderr: '' });
    expect(shown.stdout).toMatch(/demo-a100x2\n {2}system: /);
    expect(shown.stdout).toMatch(/0 {2}NVIDIA A100 80GB PCIe .*85\.9 GB .*healthy/);

    const { hosts } = JSON.parse((await who.run(['facts', 'demo-a100x2', '--json'])).stdout) as { hosts: WorkerFacts[] };
    expect(hosts).toMatchObject([
      {
        ...{ host: 'demo-a100x2', worker: 0, reachable: true, error: null, problems: [] },
        accelerators: [
          {
            vendor: 'nvidia',
            model: 'NVIDIA A100 80GB PCIe',
            index: 0,
            memoryBytes: 85_899_345_920,
            healthy: true,
            driver: '550.54.15',
          },
          { index: 1, processes: [] },
        ],
      },
    ]);
    expect(Math.abs(hosts[0]?.clock?.offsetSeconds ?? Infinity)).toBeLessThan(5);
    const store = openStore(who.stateDir);
    expect(store.readFacts('demo-a100x2', 0)?.facts).toMatchObject({ hostname: hosts[0]?.hostname });
    store.close();
  });

  it('says which host cannot be reached, and still tells of the others', async (test) => {
    const who = person(test);
    const inventory = who.writeFile(
      'two.yaml',
      JSON.stringify({ hosts: { here: { embedded: 'a100x2' }, later: { address: { unknown: 'not rented yet' } } } }),
    );
    const ended = await who.run(['facts', 'here,later', '--inventory', inventory, '--json']);
    expect(ended.code).toBe(4);
    expect(JSON.parse(ended.stdout)).toMatchObject({
      hosts: [
        { host: 'here', reachable: true },
        { host: 'later', reachable: false, accelerators: null, memoryBytes: null, error: { code: 'host-address-unknown' } },
      ],
    });
    expect((await who.run(['facts', 'nobody', '--inventory', inventory])).code).toBe(2);
  });
});
