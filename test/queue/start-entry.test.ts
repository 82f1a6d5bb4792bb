import { renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { Context } from '../../src/cli/context.ts';
import { describeQueue } from '../../src/cli/queue/entry-document.ts';
import { queueParts } from '../../src/cli/queue/queue-parts.ts';
import { createRun } from '../../src/engine/create-run.ts';
import { readPlan } from '../../src/engine/read-plan.ts';
import { lookAtQueue } from '../../src/queue/look.ts';
import type { QueueParts } from '../../src/queue/parts.ts';
import { makeFolder, open } from '../store/setup.ts';
import { makeInstantClock } from '../support/instant-clock.ts';
import { addAsTyped, endRun } from './setup.ts';

const hourMs = 3_600_000;
const evening = Date.parse('2027-01-15T22:30Z');

const little = `playbook: little
params:
  seed: { type: integer, default: 1 }
launch: { run: 'train \${{ params.seed }}', log: train.log }
`;
const together = `playbook: together
gang: { within: 20s }
launch: { run: train, log: train.log }
`;
const hosts = `hosts:
  one: { address: 10.9.9.1 }
  two: { address: 10.9.9.2 }
  three: { address: 10.9.9.3 }
`;

/** A queue that is looked at in this process, by files of its own. */
async function setup() {
  const folder = makeFolder();
  const files: Record<string, string> = { 'inventories.yaml': hosts, 'little.yaml': little, 'together.yaml': together };
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  const store = open(join(folder, 'state'));
  const clock = makeInstantClock(evening);
  const context = new Context({ environment: {}, inventories: [] });
  const told: string[] = [];
  const joined = await queueParts(
    new Context({ environment: { FLEET_STATE_DIR: join(folder, 'other') }, inventories: [] }),
    ({ text }) => told.push(text),
  );
  await context.close();
  const parts: QueueParts = { ...joined, store, clock };
  const add = (typed: string) => addAsTyped(store, `${typed} --inventory inventories.yaml`, evening, folder);
  const explain = () => describeQueue(store, clock.now(), null).map(({ name, state, waits }) => [name, state, ...waits]);
  const active = () =>
    store.activeRuns().map(({ id }) =>
      readPlan(store.readRun(id)?.plan ?? '')
        .hosts.map(({ name }) => name)
        .join(),
    );
  return { folder, store, clock, parts, told, add, explain: explain, active };
}

test('an entry whose planning is slept through is not started by day', async () => {
  const { parts, clock, add, active, explain } = await setup();
  await add('./little.yaml --host one --window 22:00-02:00 --yield-by 08:00 --tz UTC');
  const asleep: QueueParts = {
    ...parts,
    planEntry: async (entry, asked) => {
      const plan = await parts.planEntry(entry, asked);
      clock.advance(14 * hourMs);
      return plan;
    },
  };
  await lookAtQueue(asleep);
  expect(active()).toEqual([]);
  expect(explain()).toEqual([['little on one', 'waiting', 'its window opens at 2027-01-16 22:00 UTC (in 9h30m)']]);
});

test('an entry waits for what was launched by hand on its host between the look and the start', async () => {
  const { parts, add, active, explain, store } = await setup();
  const [byHand, entry] = await add('./little.yaml --host one --matrix seed=1,2');
  const launched: QueueParts = {
    ...parts,
    planEntry: async (planned, asked) => {
      const mine = await parts.planEntry(planned, asked);
      const others = await parts.planEntry(store.readEntry(byHand?.id ?? '') ?? planned, asked);
      createRun(parts, { ...others, run: 'by-hand' });
      return mine;
    },
  };
  await lookAtQueue(launched);
  expect(store.activeRuns().map(({ id }) => id)).toEqual(['by-hand']);
  expect(explain().map(([, state]) => state)).toEqual(['waiting', 'waiting']);
  endRun(store, 'by-hand');
  await lookAtQueue(parts);
  expect(active()).toEqual(['one']);
  expect(store.readEntry(entry?.id ?? '')?.state).toBe('waiting');
});

test('an entry whose playbook was removed while it waited is held with its reason, others go on, and it goes on when it is released', async () => {
  const { folder, parts, told, add, explain, active, store } = await setup();
  writeFileSync(join(folder, 'other.yaml'), little.replace('little', 'other'));
  const [entry] = await add('./other.yaml --host one');
  await add('./little.yaml --host one');
  renameSync(join(folder, 'other.yaml'), join(folder, 'away'));
  await lookAtQueue(parts);
  await lookAtQueue(parts);
  const reason = `it cannot be planned: ${join(folder, 'other.yaml')}: no such playbook file`;
  expect(explain()).toMatchObject([
    [
      'other on one',
      'held',
      expect.stringContaining(`fleet queue release ${entry?.id ?? ''} lets it go`) as string,
      expect.stringContaining('busy') as string,
    ],
    ['little on one', 'running'],
  ]);
  expect(store.readEntry(entry?.id ?? '')?.reason).toBe(reason);
  expect(told).toEqual([`other on one: ${reason}`, 'little on one begins']);

  for (const { id } of store.activeRuns()) endRun(store, id);
  renameSync(join(folder, 'away'), join(folder, 'other.yaml'));
  store.changeEntry(entry?.id ?? '', { from: ['held'], to: 'waiting', reason: null, at: evening });
  await lookAtQueue(parts);
  expect(active()).toEqual(['one']);
  expect(explain().map(([name, state]) => [name, state])).toEqual([
    ['other on one', 'running'],
    ['little on one', 'done'],
  ]);
});

test('a gang of two hosts is one entry that waits until both are free, and keeps both busy', async () => {
  const { parts, add, explain, active, store } = await setup();
  await add('./little.yaml --host two');
  await add('./together.yaml --host one,two');
  await add('./little.yaml --host one,three');
  await lookAtQueue(parts);
  expect(active().toSorted()).toEqual(['one', 'three', 'two']);
  expect(explain()[1]).toMatchObject([
    'together on one,two',
    'waiting',
    expect.stringContaining('host one is busy') as string,
    expect.stringContaining('host two is busy') as string,
  ]);
  for (const { id } of store.activeRuns()) endRun(store, id);
  await add('./little.yaml --host one --set seed=9');
  await lookAtQueue(parts);
  expect(active()).toEqual(['one,two']);
  expect(explain().at(-1)?.slice(1)).toMatchObject([
    'waiting',
    expect.stringMatching(/host one is busy with run \S+ \(together/),
  ]);
});

test('a clock that is set back and forth starts nothing twice, and what had to yield does so once', async () => {
  const { parts, clock, add, explain, store } = await setup();
  await add('./little.yaml --host one --window 22:00-02:00 --yield-by 08:00 --tz UTC');
  const [first] = (await lookAtQueue(parts)).runs;
  for (const hours of [-1, 4, -5, -24, 25.5]) {
    clock.advance(hours * hourMs);
    expect(await lookAtQueue(parts)).toMatchObject({ runs: [first], yielding: [] });
  }
  clock.advance(10 * hourMs);
  expect((await lookAtQueue(parts)).yielding.map(({ run }) => run)).toEqual([first]);
  clock.advance(-3 * hourMs);
  endRun(store, first ?? '', { result: 'halted' });
  await lookAtQueue(parts);
  expect(store.activeRuns()).toEqual([]);
  expect(explain().map(([name, state]) => [name, state])).toEqual([['little on one', 'waiting']]);
  expect(store.listEntries(null)[0]?.reason).toContain('had to yield; its job had not begun');
});
