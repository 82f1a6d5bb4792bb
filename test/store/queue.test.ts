import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test, type TestContext } from 'vitest';
import { openStore } from '../../src/store/open-store.ts';
import { readOwner } from '../../src/store/owner.ts';
import type { NewEntry, ScheduleRecord } from '../../src/store/queue-records.ts';
import { makeNewEntry } from '../support/queue-entry.ts';
import { newRun } from './shapes.ts';

const queued = { at: 1, kind: 'state', text: 'queued' };
const soon = { ttlMs: 30_000, now: 1_000, sinceBoot: 1_000 };

function setup({ onTestFinished }: TestContext) {
  const folder = mkdtempSync(join(tmpdir(), 'fleet-queue-'));
  const store = openStore(folder);
  onTestFinished(() => {
    store.close();
    rmSync(folder, { recursive: true });
  });
  const makeRun = (id: string) => store.createRun(newRun(id, { playbook: 'trm' }), queued);
  return { store, makeRun };
}

function entry(id: string, more: Partial<NewEntry> = {}): NewEntry {
  const name = `trm ${id}`;
  return makeNewEntry({ id, name, params: { lr: '0.1' }, asked: '{"waive":["x=y"]}', addedAt: 5, ...more });
}

test('an entry comes back as it was added, and the queue is in the order of priority, then of adding', (context) => {
  const { store } = setup(context);
  const whole = entry('two', {
    priority: 5,
    after: { entry: 'one', wants: 'any' },
    mayStart: { from: 1320, to: 120 },
    yieldBy: 480,
    canGoOn: true,
    sweep: 'night',
    onFailure: 'stop',
    budget: { seconds: 3600, cost: null },
  });
  store.addEntries([entry('one'), whole, entry('three')]);
  expect(store.listEntries(0).map(({ id }) => id)).toEqual(['two', 'one', 'three']);
  const { asked, ...shown } = whole;
  expect(store.readAsked('two')).toBe(asked);
  expect(store.listEntries(0)).toMatchObject(store.queuedEntries());
  expect(store.queuedEntries().map(({ id }) => id)).toEqual(['two', 'one', 'three']);
  expect(store.readEntry('two')).toEqual({
    ...shown,
    number: 2,
    reason: null,
    notBefore: null,
    yieldsAt: null,
    yielding: null,
    rung: 0,
    runsBefore: 0,
    changed: {},
    failures: 0,
    endedAt: null,
    runs: [],
  });
});

test('entries are added all or not at all', (context) => {
  const { store } = setup(context);
  expect(() => store.addEntries([entry('one'), entry('one')])).toThrow();
  expect(store.listEntries(null)).toEqual([]);
});

test('an entry starts once, and what is over leaves the list of what is open', (context) => {
  const { store, makeRun } = setup(context);
  store.addEntries([entry('one')]);
  makeRun('first');
  makeRun('second');
  const start = { reason: null, yieldsAt: 99, at: 10 };
  expect(store.startEntry('one', 'first', start)).toBe(true);
  expect(store.startEntry('one', 'second', start)).toBe(false);
  expect(store.readEntry('one')).toMatchObject({ state: 'running', runs: ['first'], yieldsAt: 99 });
  expect(store.queuedEntries()).toMatchObject([{ state: 'running', runs: ['first'] }]);
  expect(store.countEntries()).toEqual(new Map([['running', 1]]));
  const end = { from: ['running'] as const, to: 'done' as const, reason: null, at: 20 };
  expect(store.changeEntry('one', end)).toBe(true);
  expect(store.changeEntry('one', end)).toBe(false);
  expect(store.listEntries(21)).toEqual([]);
  expect(store.queuedEntries()).toEqual([]);
  expect(store.countEntries()).toEqual(new Map());
  expect(store.listEntries(20).map(({ endedAt }) => endedAt)).toEqual([20]);
});

test('a run and the entry that it is for are written together: what fails leaves neither', (context) => {
  const { store, makeRun } = setup(context);
  store.addEntries([entry('one', { state: 'held' })]);
  const start = () =>
    store.together(() => {
      makeRun('first');
      if (!store.startEntry('one', 'first', { reason: null, yieldsAt: null, at: 1 })) throw new Error('it does not wait');
    });
  expect(start).toThrow('it does not wait');
  expect(store.readRun('first')).toBeNull();
});

test('one process sees to the queue; a dead one is replaced at once, and its looks no longer count', (context) => {
  const { store } = setup(context);
  const owner = readOwner();
  const dead = { ...owner, pid: 2 ** 22 + 1, startTicks: 1 };
  const first = store.takeQueue(dead, 'daemon', soon);
  expect(store.queueHolder(soon)).toBeNull();
  const second = store.takeQueue(owner, 'daemon', soon);
  expect([first, second].map(({ taken }) => taken)).toEqual([true, true]);
  expect(store.takeQueue(owner, 'queue run', soon)).toMatchObject({ taken: false, holder: { what: 'daemon' } });
  expect(first.taken && store.renewQueue(first.lease, soon)).toBe(false);
  expect(second.taken && store.renewQueue(second.lease, { ...soon, now: 2_000 })).toBe(true);
  expect(store.queueHolder(soon)).toMatchObject({ lookedAt: 2_000, since: 1_000 });
  expect(second.taken && store.releaseQueue(second.lease)).toBe(true);
  expect(store.queueHolder(soon)).toBeNull();
});

test('a schedule has its name alone, and its times are seen to once', (context) => {
  const { store } = setup(context);
  const nightly: ScheduleRecord = {
    name: 'nightly',
    cron: '0 22 * * *',
    zone: 'UTC',
    words: ['trm', '--host', 'tpu1'],
    folder: '/work',
    catchUp: 'once',
    overlap: 'skip',
    addedAt: 1,
    seenTo: 1,
  };
  expect(store.addSchedule(nightly)).toBe(true);
  expect(store.addSchedule(nightly)).toBe(false);
  expect(store.recordSeenTo('nightly', 1, 50)).toBe(true);
  expect(store.recordSeenTo('nightly', 1, 60)).toBe(false);
  expect(store.listSchedules()).toEqual([{ ...nightly, seenTo: 50 }]);
  expect(store.removeSchedule('nightly')).toBe(true);
  expect(store.removeSchedule('nightly')).toBe(false);
});

test('of an entry it is kept that it was held for a reason, and that it failed without a run, in one write with the change', (context) => {
  const { store, makeRun } = setup(context);
  store.outbox.begin(1);
  store.addEntries(['a', 'b', 'c', 'd'].map((id) => entry(id)));
  makeRun('run-1');
  store.startEntry('c', 'run-1', { reason: null, yieldsAt: null, at: 10 });
  store.changeEntry('c', { from: ['running'], to: 'failed', reason: 'run run-1 failed', at: 11 });
  store.changeEntry('a', { from: ['waiting'], to: 'held', reason: 'it cannot be planned', at: 12 });
  store.changeEntry('a', { from: ['waiting'], to: 'held', reason: 'it did not land', at: 13 });
  store.changeEntry('b', { from: ['waiting', 'held'], to: 'failed', reason: 'it was to follow c', at: 14 });
  store.changeEntry('d', { from: ['waiting'], to: 'held', reason: null, at: 15 });
  const told = [
    { id: 1, at: 12, entry: 'a', name: 'trm a', state: 'held', reason: 'it cannot be planned' },
    { id: 2, at: 14, entry: 'b', name: 'trm b', state: 'failed', reason: 'it was to follow c' },
  ];
  expect(store.outbox.readEntryEvents(store.outbox.readCursor()?.entryEvent ?? -1, 10)).toEqual(told);
  expect(store.outbox.readEntryEvents(1, 10)).toEqual(told.slice(1));
  store.outbox.moveEntryCursor(2);
  expect(store.outbox.readCursor()).toMatchObject({ entryEvent: 2 });

  expect(store.outbox.readStopped(13)).toEqual(told);
  expect(store.outbox.readStopped(14)).toEqual(told.slice(0, 1));
  store.changeEntry('a', { from: ['held'], to: 'waiting', reason: null, at: 16 });
  expect(store.outbox.readStopped(14)).toEqual([]);
});
