import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test, type TestContext } from 'vitest';
import { momentOf } from '../../src/clock.ts';
import { driveQueue, type Stay } from '../../src/queue/drive-queue.ts';
import { findOrphans } from '../../src/queue/orphans.ts';
import type { QueueParts } from '../../src/queue/parts.ts';
import { readOwner } from '../../src/store/owner.ts';
import { makeInstantClock } from '../support/instant-clock.ts';
import { makeNewEntry } from '../support/queue-entry.ts';
import { seedStore } from '../support/seeded-store.ts';

function setup({ onTestFinished }: TestContext) {
  const folder = mkdtempSync(join(tmpdir(), 'fleet-drive-'));
  const { store } = seedStore(folder);
  onTestFinished(() => {
    store.close();
    rmSync(folder, { recursive: true });
  });
  const clock = makeInstantClock();
  const parts: QueueParts = {
    ...{ store, clock, owner: readOwner(), logger: { debug: () => undefined, warn: () => undefined }, environment: {} },
    connect: () => Promise.reject(new Error('nobody is asked')),
    planEntry: () => Promise.reject(new Error('nothing starts')),
    planSchedule: () => Promise.resolve([]),
    tell: () => undefined,
  };
  const addRun = (id: string) =>
    store.createRun(
      {
        ...{ id, kind: 'launch', playbook: 'trm', point: null, profile: null, executor: 'detached', plan: '{}' },
        targets: [{ index: 0, role: 'main', host: 'tpu1', worker: 0, address: null }],
        ...{ perHour: null, currency: null, createdAt: clock.now() },
      },
      { at: clock.now(), kind: 'state', text: 'queued' },
    );
  /** How often it had looked when it ended, at the most three times. */
  const drive = async (stays: Stay = 'while-needed'): Promise<number> => {
    const leaving = new AbortController();
    let looks = 0;
    const wait = async (ms: number) => {
      looks += 1;
      if (looks === 3) leaving.abort();
      await clock.wait(ms);
    };
    const counted = { ...parts, clock: { ...clock, wait } };
    await driveQueue(counted, { signal: leaving.signal, what: 'daemon', stays, adopt: false });
    return looks;
  };
  return { store, clock, addRun, drive };
}

test('a daemon that stays while it is needed leaves when no run, no entry and no schedule is left', async (context) => {
  const { store, clock, drive } = setup(context);
  expect(await drive()).toBe(0);
  expect(store.queueHolder(momentOf(clock))).toBeNull();
});

test('it stays for an entry that is held, for a schedule, and for a run that waits for a person', async (context) => {
  const { store, addRun, drive } = setup(context);
  const entry = makeNewEntry({ state: 'held' });
  store.addEntries([entry]);
  expect(await drive()).toBe(3);
  store.changeEntry(entry.id, { from: ['held'], to: 'removed', reason: null, at: 1 });
  store.addSchedule({
    ...{ name: 'nightly', cron: '0 22 * * *', zone: 'UTC', words: [], folder: '/', catchUp: 'skip', overlap: 'skip' },
    ...{ addedAt: 1, seenTo: Date.UTC(2026, 0, 1) },
  });
  expect(await drive()).toBe(3);
  store.removeSchedule('nightly');
  addRun('run-1');
  expect(await drive()).toBe(3);
});

test('an entry that cannot be planned is held, and the one behind it has its turn before all is left', async (context) => {
  const { store, drive } = setup(context);
  store.addEntries(['e1', 'e2'].map((id) => makeNewEntry({ id })));
  expect(await drive('while-busy')).toBe(2);
  expect(store.listEntries(null).map(({ state }) => state)).toEqual(['held', 'held']);
});

test('a run that was given back is taken up at once, and one whose controller is gone after a while', (context) => {
  const { store, clock, addRun } = setup(context);
  for (const id of ['left', 'gone', 'new']) addRun(id);
  const take = (run: string) => {
    const answer = store.takeLease(run, readOwner(), { ttlMs: 30_000, takeOver: false, ...momentOf(clock) });
    if (!answer.taken) throw new Error('the lease is held');
    return answer.lease;
  };
  const lease = take('left');
  take('gone');
  const orphans = findOrphans(store, clock);
  expect(orphans.look()).toEqual([]);
  store.releaseLease(lease);
  expect(orphans.look()).toEqual(['left']);
  clock.advance(20_000);
  expect(orphans.look().toSorted()).toEqual(['left', 'new']);
  clock.advance(10_000);
  expect(orphans.look().toSorted()).toEqual(['left', 'new']);
  expect(orphans.areWatched()).toBe(true);
  clock.advance(20_000);
  expect(orphans.look().toSorted()).toEqual(['gone', 'left', 'new']);
});
