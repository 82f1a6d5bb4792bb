import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test, type TestContext } from 'vitest';
import { usageError } from '../../src/errors.ts';
import { findOrphans } from '../../src/queue/orphans.ts';
import type { QueueParts } from '../../src/queue/parts.ts';
import { addDue } from '../../src/queue/schedules/add-due.ts';
import { openStore } from '../../src/store/open-store.ts';
import { readOwner } from '../../src/store/owner.ts';
import type { ScheduleRecord } from '../../src/store/queue-records.ts';
import { newRun, event } from '../store/shapes.ts';
import { makeInstantClock } from '../support/instant-clock.ts';
import { makeEntry } from '../support/queue-entry.ts';

const hourMs = 3_600_000;

function setup({ onTestFinished }: TestContext, more: Partial<ScheduleRecord> = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'fleet-due-'));
  const store = openStore(folder);
  onTestFinished(() => {
    store.close();
    rmSync(folder, { recursive: true });
  });
  const clock = makeInstantClock(Date.parse('2026-11-27T12:00:00Z'));
  const told: string[] = [];
  let made = 0;
  const parts: QueueParts = {
    store,
    clock,
    owner: readOwner(),
    connect: () => Promise.reject(new Error('nobody is asked')),
    logger: { debug: () => undefined, warn: () => undefined },
    environment: {},
    planEntry: () => Promise.reject(new Error('nothing is planned')),
    planSchedule: ({ name }) => {
      made += 1;
      return Promise.resolve([{ ...makeEntry({ id: `e${made}`, schedule: name }), asked: '{}', state: 'waiting' }]);
    },
    tell: ({ text }) => told.push(text),
  };
  const nightly = {
    name: 'nightly',
    cron: '0 22 * * *',
    zone: 'UTC',
    words: [] as string[],
    folder: '/',
    catchUp: 'once',
    overlap: 'skip',
  } as const;
  store.addSchedule({ ...nightly, addedAt: clock.now(), seenTo: clock.now(), ...more });
  const ids = () => store.listEntries(null).map(({ id }) => id);
  return { parts, store, clock, told, ids };
}

test('a time is answered once, however often one looks', async (context) => {
  const { parts, clock, ids } = setup(context);
  await addDue(parts);
  expect(ids()).toEqual([]);
  clock.advance(10 * hourMs);
  await addDue(parts);
  await addDue(parts);
  expect(ids()).toEqual(['e1']);
});

test('what an earlier time has added is not joined by more until it is over, unless that is wanted', async (context) => {
  const { parts, store, clock, told, ids } = setup(context);
  clock.advance(10 * hourMs);
  await addDue(parts);
  clock.advance(24 * hourMs);
  await addDue(parts);
  expect(ids()).toEqual(['e1']);
  expect(told.at(-1)).toBe('schedule nightly adds nothing: trm on tpu1 of an earlier time is waiting');
  store.changeEntry('e1', { from: ['waiting'], to: 'removed', reason: null, at: clock.now() });
  clock.advance(24 * hourMs);
  await addDue(parts);
  expect(ids()).toEqual(['e1', 'e2']);

  const queued = setup(context, { overlap: 'queue' });
  for (const hours of [10, 24]) {
    queued.clock.advance(hours * hourMs);
    await addDue(queued.parts);
  }
  expect(queued.ids()).toEqual(['e1', 'e2']);
});

for (const [catchUp, count] of [
  ['skip', 0],
  ['once', 1],
  ['all', 3],
] as const) {
  test(`of three nights that nobody was there, with catch-up ${catchUp}, ${count} are made up for`, async (context) => {
    const { parts, clock, ids } = setup(context, { catchUp, overlap: 'queue' });
    clock.advance(3 * 24 * hourMs);
    await addDue(parts);
    expect(ids()).toHaveLength(count);
  });
}

test('a schedule whose files are wrong is told once, and keeps no other from its time', async (context) => {
  const { parts, store, clock, told, ids } = setup(context);
  store.addSchedule({
    name: 'broken',
    cron: '0 22 * * *',
    zone: 'UTC',
    words: [],
    folder: '/',
    catchUp: 'once',
    overlap: 'skip',
    addedAt: 0,
    seenTo: clock.now(),
  });
  const planned = parts.planSchedule.bind(parts);
  parts.planSchedule = (schedule) =>
    schedule.name === 'broken' ? Promise.reject(usageError('usage', 'the file is gone')) : planned(schedule);
  clock.advance(10 * hourMs);
  await addDue(parts);
  await addDue(parts);
  expect(ids()).toEqual(['e1']);
  expect(told.filter((text) => text.includes('the file is gone'))).toHaveLength(1);
});

test('a run is left once nobody has driven it for a while, and not while somebody may come back to it', (context) => {
  const { store, clock } = setup(context);
  store.createRun(newRun('left'), event('created'));
  store.createRun(newRun('driven'), event('created'));
  const orphans = findOrphans(store, clock);
  store.takeLease('driven', readOwner(), { ttlMs: hourMs, takeOver: false, now: clock.now(), sinceBoot: clock.sinceBoot() });
  expect(orphans.look()).toEqual([]);
  expect(orphans.areWatched()).toBe(true);
  clock.advance(20_000);
  expect(orphans.look()).toEqual(['left']);
  expect(orphans.areWatched()).toBe(false);
});
