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

  it('tells an RX 5600 XT from the chip that it is told to report', async (test) => {
    const who = person(test);
    const inventory = who.writeFile(
      'rx.yaml',
      JSON.stringify({ hosts: { rx: { embedded: 'rx5600xt', setup: 'export HSA_OVERRIDE_GFX_VERSION=10.3.0' } } }),
    );
    const { hosts } = JSON.parse((await who.run(['facts', 'rx', '--inventory', inventory, '--json'])).stdout) as {
      hosts: WorkerFacts[];
    };
    expect(hosts[0]?.accelerators).toMatchObject([
      {
        ...{ vendor: 'amd', model: 'AMD Radeon RX 5600 XT', architecture: 'gfx1010', healthy: true },
        notes: ['override active (HSA_OVERRIDE_GFX_VERSION=10.3.0): chip 0x731f is gfx1010, and reports gfx1030'],
      },
    ]);
  });

  it('of a tool that hangs for ever are all there but its own, after its time limit', async (test) => {
    const who = person(test, { PRETEND_SMI: 'hang' });
    const [host] = (JSON.parse((await who.run(['facts', 'demo-a4000', '--json'])).stdout) as { hosts: WorkerFacts[] }).hosts;
    expect(host).toMatchObject({ reachable: true, accelerators: null, python: expect.stringMatching(/^3\./) as string });
    expect(host?.problems).toEqual([expect.stringContaining('nvidia-smi did not answer in time and was killed')]);
    expect(host?.memoryBytes).toBeGreaterThan(0);
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
