import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { usePeople, type Person } from '../support/person.ts';
import { waitFor } from '../support/local-host.ts';

const { person } = usePeople();

function describeWork(who: Person, keepRuns: string) {
  const inventory = who.writeFile('inventory.yaml', `hosts: { box: { embedded: a100x2, keep-runs: ${keepRuns} } }\n`);
  const playbook = who.writeFile('short.yaml', `playbook: short\nworkdir: '.'\nlaunch: { run: echo done, log: job.log }\n`);
  return ['launch', playbook, '--host', 'box', '--inventory', inventory];
}

const foldersOf = (who: Person) => readdirSync(join(who.hostHome('box'), '.local/state/fleet/runs')).sort();

describe.concurrent('folders of ended runs on a host', { timeout: 120_000 }, () => {
  it('are removed by the next launch once they are older than the inventory keeps them, and the store still knows the runs', async (test) => {
    const who = person(test);
    const launch = describeWork(who, '1s');
    expect((await who.run(launch)).code).toBe(0);
    const first = who.newest();
    await waitFor('it is old enough', () => Date.now() - Date.parse(first.endedAt ?? '') > 1_000);
    expect((await who.run(launch)).code).toBe(0);
    const second = who.newest();
    expect(foldersOf(who)).toEqual([second.id]);
    expect(who.events(second.id).some((text) => text.startsWith('folders of 1 runs that ended more than 1s ago'))).toBe(true);
    expect((await who.run(['status', first.id])).code).toBe(0);
  });

  it('stay for as long as they are kept, and those that another store has begun stay for ever', async (test) => {
    const one = person(test);
    const two = one.colleague();
    expect((await one.run(describeWork(one, 'forever'))).code).toBe(0);
    expect((await two.run(describeWork(two, '1s'))).code).toBe(0);
    const [first, second] = [one.newest(), two.newest()];
    await waitFor('they are old enough', () => Date.now() - Date.parse(second.endedAt ?? '') > 1_000);
    expect((await one.run(describeWork(one, 'forever'))).code).toBe(0);
    expect((await two.run(describeWork(two, '1s'))).code).toBe(0);
    const left = foldersOf(one);
    expect(left).toContain(first.id);
    expect(left).not.toContain(second.id);
    expect(existsSync(join(one.hostHome('box'), '.local/state/fleet/runs', first.id, 'record'))).toBe(true);
  });
});
