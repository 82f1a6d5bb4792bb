import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test, type TestContext } from 'vitest';
import { openStore } from '../../src/store/open-store.ts';
import type { NewEntry } from '../../src/store/queue-records.ts';
import { readOwner } from '../../src/store/owner.ts';
import { makeNewEntry } from '../support/queue-entry.ts';
import { newRun } from './shapes.ts';

const hourMs = 3_600_000;

function setup({ onTestFinished }: TestContext) {
  const folder = mkdtempSync(join(tmpdir(), 'fleet-batches-'));
  const store = openStore(folder);
  onTestFinished(() => {
    store.close();
    rmSync(folder, { recursive: true });
  });
  const add = (id: string, more: Partial<NewEntry> = {}) => store.addEntries([makeNewEntry({ id, ...more })]);
  /** A job of an entry that began at `from` and, with `to`, has ended. */
  const run = (entry: string, id: string, perHour: number | null, { from, to }: { from: number; to?: number }) => {
    store.createRun(newRun(id, { perHour, currency: 'USD', createdAt: from }), { at: from, kind: 'state', text: 'queued' });
    store.startEntry(entry, id, { reason: null, yieldsAt: null, at: from });
    const answer = store.takeLease(id, readOwner(), { ttlMs: 1, takeOver: true, now: from, sinceBoot: from });
    if (!answer.taken) throw new Error('the lease is held');
    const event = { at: from, kind: 'state', text: 'on' };
    store.transition(answer.lease, { from: ['queued'], to: 'running', event, startedAt: from });
    if (to === undefined) return;
    const outcome = { result: 'succeeded', reason: null, exitCode: 0, degraded: false } as const;
    store.transition(answer.lease, { from: ['running'], to: 'succeeded', event: { ...event, at: to }, outcome });
  };
  return { store, add, run };
}

test('what the jobs of a batch have taken is counted from their starts, those of others are not', (context) => {
  const { store, add, run } = setup(context);
  for (const id of ['e1', 'e2']) add(id);
  add('e3', { batch: 'b2' });
  expect(store.readSpent('b1', 0)).toEqual({ seconds: 0, cost: 0, running: 0, perHour: 0 });
  run('e1', 'r1', 10, { from: 0, to: 2 * hourMs });
  run('e2', 'r2', null, { from: hourMs });
  run('e3', 'r3', 99, { from: 0 });
  expect(store.readSpent('b1', 4 * hourMs)).toEqual({ seconds: 5 * 3600, cost: 20, running: 1, perHour: 0 });
  expect(store.readSpent('b2', 4 * hourMs)).toEqual({ seconds: 4 * 3600, cost: 4 * 99, running: 1, perHour: 99 });
});

test('a batch is held: what waits in it, and nothing else', (context) => {
  const { store, add, run } = setup(context);
  for (const id of ['e1', 'e2', 'e3']) add(id);
  add('e4', { batch: 'b2' });
  run('e1', 'r1', null, { from: 0 });
  expect(store.holdBatch('b1', 'e1 has failed', 5)).toEqual(['e2', 'e3']);
  expect(store.holdBatch('b1', 'once more', 6)).toEqual([]);
  expect(store.listEntries(null).map(({ id, state, reason }) => [id, state, reason])).toEqual([
    ['e1', 'running', null],
    ['e2', 'held', 'e1 has failed'],
    ['e3', 'held', 'e1 has failed'],
    ['e4', 'waiting', null],
  ]);
  expect(store.outbox.readEntryEvents(0, 9).map(({ entry, at, state }) => [entry, at, state])).toEqual([
    ['e2', 5, 'held'],
    ['e3', 5, 'held'],
  ]);
});

test('a budget is open until all of its batch are over, or let go beyond it', (context) => {
  const { store, add } = setup(context);
  const budget = { seconds: 3600, cost: 5 };
  add('e1', { budget });
  add('e2', { budget });
  add('e3', { batch: 'b2' });
  expect(store.openBudgets()).toEqual([{ batch: 'b1', budget }]);
  store.changeEntry('e1', { from: ['waiting'], to: 'removed', reason: null, at: 1 });
  store.changeEntry('e2', { from: ['waiting'], to: 'waiting', reason: null, at: 1, budget: null });
  expect(store.readEntry('e2')?.budget).toBeNull();
  expect(store.openBudgets()).toEqual([]);
});
