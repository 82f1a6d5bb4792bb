import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { FactsDocument } from '../../src/cli/read-facts.ts';
import { usePeople } from '../support/person.ts';

const { person } = usePeople();

describe.concurrent('fleet facts', { timeout: 60_000 }, () => {
  it('shows what a host has, in one document and in one block', async (test) => {
    const who = person(test);
    const json = await who.run(['facts', 'demo-a100x2', '--json']);
    expect(json).toMatchObject({ code: 0, stderr: '' });
    const { hosts } = JSON.parse(json.stdout) as { hosts: Record<string, unknown>[] };
    expect(hosts).toMatchObject([
      {
        host: 'demo-a100x2',
        worker: 0,
        reachable: true,
        error: null,
        acceleratorProblems: [],
        accelerators: [0, 1].map((index) => ({
          vendor: 'nvidia',
          model: 'NVIDIA A100 80GB PCIe',
          index,
          memoryBytes: 81_920 * 2 ** 20,
          healthy: true,
          processes: [],
        })),
        tpu: null,
        network: [],
      },
    ]);
    const plain = await who.run(['facts', 'demo-a100x2']);
    expect(plain.code).toBe(0);
    expect(plain.stdout).toMatch(/^demo-a100x2\n {2}machine /);
    expect(plain.stdout).toMatch(/^ {2}nvidia 1 +NVIDIA A100 80GB PCIe +85\.9 GB /m);
    expect(plain.stdout).toContain('the same as here, within');
  });

  it('tells an RX 5600 XT from the chip that it is told to report', async (test) => {
    const who = person(test);
    const inventory = who.writeFile(
      'rx.yaml',
      JSON.stringify({ hosts: { rx: { embedded: 'rx5600xt', setup: 'export HSA_OVERRIDE_GFX_VERSION=10.3.0' } } }),
    );
    const { hosts } = JSON.parse((await who.run(['facts', 'rx', '--inventory', inventory, '--json'])).stdout) as {
      hosts: FactsDocument[];
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
    const [host] = (JSON.parse((await who.run(['facts', 'demo-a4000', '--json'])).stdout) as { hosts: FactsDocument[] }).hosts;
    expect(host).toMatchObject({ reachable: true, accelerators: null, python: expect.stringMatching(/^3\./) as string });
    expect(host?.problems).toEqual([expect.stringContaining('nvidia-smi did not answer in time and was killed')]);
    expect(host?.memoryBytes).toBeGreaterThan(0);
  });

  it('gives a host that cannot be reached its own line with nulls, asks the others, and ends with exit code 4', async (test) => {
    const who = person(test);
    const { code, stdout } = await who.run(['facts', 'demo-a100x2,prime1', '--json']);
    const { hosts } = JSON.parse(stdout) as { hosts: Record<string, unknown>[] };
    expect(code).toBe(4);
    expect(hosts.map(({ host, reachable }) => [host, reachable])).toEqual([
      ['demo-a100x2', true],
      ['prime1', false],
    ]);
    expect(Object.keys(hosts[1] ?? {}).sort()).toEqual(Object.keys(hosts[0] ?? {}).sort());
    expect(hosts[1]).toMatchObject({ error: { code: 'host-address-unknown' }, accelerators: null, memoryBytes: null });
    const plain = await who.run(['facts', 'prime1']);
    expect(plain.stdout).toMatch(/^prime1: not reached\n.*address is not known yet/);
  });

  it('has one entry for each worker of a slice', async (test) => {
    const who = person(test);
    const file = join(who.folder, 'slice.yaml');
    writeFileSync(
      file,
      'hosts:\n  pod:\n    workers: [127.0.0.1, 127.0.0.2]\n    ssh: { user: nobody, port: 1, connect-timeout: 2s }\n',
    );
    const { code, stdout } = await who.run(['facts', 'pod', '--inventory', file, '--json']);
    const { hosts } = JSON.parse(stdout) as { hosts: Record<string, unknown>[] };
    expect(code).toBe(4);
    expect(hosts.map(({ host, worker, reachable }) => [host, worker, reachable])).toEqual([
      ['pod', 0, false],
      ['pod', 1, false],
    ]);
  });
});
