import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { makeInventorySchema } from '../../src/inventory/json-schema.ts';
import { loadInventory } from '../../src/inventory/load.ts';
import { selectHosts } from '../../src/inventory/select.ts';

const root = new URL('../../', import.meta.url).pathname;

function readShipped() {
  const { inventory, problems } = loadInventory({ paths: [`${root}inventories`], environment: { HOME: '/home/someone' } });
  expect(problems).toEqual([]);
  if (inventory === null) throw new Error('no inventory');
  return inventory;
}

describe('the shipped inventories', () => {
  it('describe the lab, with a reason for every address that is not known', () => {
    const inventory = readShipped();
    const names = ['a4000', 'prime1', 'rx5600xt', 'tpu1', 'h100x8'];
    const hosts = names.flatMap((name) => selectHosts(inventory, name));
    expect(hosts.map(({ reach }) => reach.kind === 'pending' && [reach.workerCount, reach.reason !== ''])).toEqual([
      [1, true],
      [1, true],
      [1, true],
      [8, true],
      [1, true],
    ]);
    expect(
      hosts.map(({ accelerators }) => accelerators && [accelerators.vendor, accelerators.count, accelerators.memory?.bytes]),
    ).toEqual([
      ['nvidia', 1, 16e9],
      ['nvidia', 2, 80e9],
      ['amd', 1, 6e9],
      ['google', 32, 32 * 2 ** 30],
      ['nvidia', 8, 80e9],
    ]);
    expect(selectHosts(inventory, 'h100x8')[0]?.cost?.perHour).toBeGreaterThan(0);
    expect(selectHosts(inventory, '@tpu').map((host) => host.name)).toEqual(['tpu1']);
  });

  it('describe the pretend machines, with the commit of the pretend repository', () => {
    const demo = selectHosts(readShipped(), '@demo');
    expect(demo.map(({ name, reach }) => reach.kind === 'embedded' && [name, reach.machine, reach.workers])).toEqual([
      ['demo-a4000', 'a4000', 1],
      ['demo-a100x2', 'a100x2', 1],
      ['demo-rx5600xt', 'rx5600xt', 1],
      ['demo-tpu', 'tpu-v4-64', 8],
      ['demo-h100x8', 'h100x8', 1],
      ['demo-cpu', 'cpu', 1],
    ]);
    expect(demo[1]?.params['commit']).toMatch(/^[0-9a-f]{40}$/);
  });

  it.each(['lab.yaml', 'demo.yaml'])('%s names its schema for editors', (file) => {
    expect(readFileSync(`${root}inventories/${file}`, 'utf8')).toMatch(
      /^# yaml-language-server: \$schema=\.\.\/schemas\/inventory\.json\n/,
    );
  });
});

it('schemas/inventory.json is what the format says', () => {
  const shipped: unknown = JSON.parse(readFileSync(`${root}schemas/inventory.json`, 'utf8'));
  expect(shipped).toEqual(makeInventorySchema());
});
