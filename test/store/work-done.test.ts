import { expect, test } from 'vitest';
import type { Result } from '../../src/lifecycle/states.ts';
import type { NewRun } from '../../src/store/records.ts';
import type { Store } from '../../src/store/store.ts';
import { makeNewEntry } from '../support/queue-entry.ts';
import { lease, makeFolder, open } from './setup.ts';
import { batch, event, newRun, startOf2026 } from './shapes.ts';

const hour = 3600;

interface Work {
  of?: Partial<NewRun>;
  seconds?: number;
  result?: Result | null;
  /** Steps a second, of a thousand. */
  rate?: number | null;
}

/** A run whose job has taken so long. */
function addRun(store: Store, id: string, { of = {}, seconds = hour, result = 'succeeded', rate = null }: Work = {}): void {
  store.createRun(newRun(id, of), event('created'));
  const held = lease(store, id);
  const startedAt = startOf2026 + 60_000;
  store.transition(held, { from: ['queued'], to: 'running', event: event('running'), startedAt });
  const progress = { step: 10, of: 1000, ratePerSecond: rate, etaSeconds: null };
  if (rate !== null) store.recordBatch(held, batch({ progress }));
  if (result === null) return;
  const outcome = { result, reason: null, exitCode: 0, degraded: false };
  store.transition(held, { from: ['running'], to: result, event: event('ended', startedAt + seconds * 1000), outcome });
}

function setup() {
  const store = open(makeFolder());
  const read = (point: string | null = null, host = 'prime1') => store.readWorkSeconds('prod-50k', host, point);
  return { store, read };
}

test('nothing is known of work that was never done there', () => {
  const { store, read } = setup();
  expect(read()).toBeNull();
  addRun(store, 'elsewhere', { of: { targets: [{ index: 0, role: 'main', host: 'prime2', worker: 0, address: null }] } });
  addRun(store, 'of-another-playbook', { of: { playbook: 'other' } });
  addRun(store, 'a-look', { of: { kind: 'validate' } });
  addRun(store, 'failed', { result: 'failed' });
  addRun(store, 'without-a-rate', { result: null });
  expect(read()).toBeNull();
  expect(read(null, 'prime2')).toBe(hour);
});

test('the last time that it was done is the measure, from the start of the job on', () => {
  const { store, read } = setup();
  addRun(store, 'first', { seconds: 5 * hour });
  addRun(store, 'second', { seconds: 2 * hour });
  addRun(store, 'third', { seconds: 9 * hour, result: 'failed' });
  expect(read()).toBe(2 * hour);
});

test('the same point is a better measure than another one, however long ago it was', () => {
  const { store, read } = setup();
  addRun(store, 'large', { of: { point: 'large' }, seconds: 8 * hour });
  addRun(store, 'small', { of: { point: 'small' }, seconds: hour });
  expect([read('large'), read('small'), read('third'), read()]).toEqual([8 * hour, hour, hour, hour]);
});

test('a rate is the measure where nothing was done to the end, and not where something was', () => {
  const { store, read } = setup();
  addRun(store, 'halted', { result: 'halted', rate: 0.5 });
  expect(read()).toBe(2000);
  addRun(store, 'runs', { result: null, rate: 0.25 });
  expect(read()).toBe(4000);
  addRun(store, 'stands', { result: null, rate: 0 });
  expect(read()).toBe(4000);
  addRun(store, 'done', { seconds: hour, rate: 0.1 });
  expect(read()).toBe(hour);
});

test('a run that went on from another one has done a part, and is no measure of the whole', () => {
  const { store, read } = setup();
  store.addEntries([makeNewEntry({ playbook: 'prod-50k', host: 'prime1', hosts: ['prime1'], canGoOn: true })]);
  const start = (id: string, work: Work) => {
    addRun(store, id, work);
    store.startEntry('e1', id, { reason: null, yieldsAt: null, at: 1 });
  };
  start('night-1', { result: 'halted', rate: 0.1 });
  store.changeEntry('e1', { from: ['running'], to: 'waiting', reason: null, at: 2 });
  start('night-2', { seconds: hour });
  expect(read()).toBe(10_000);
});

test('on a gang of workers it is measured once', () => {
  const { store, read } = setup();
  const targets = [0, 1].map((worker) => ({ index: worker, role: 'main', host: 'prime1', worker, address: null }));
  addRun(store, 'gang', { of: { targets }, seconds: 3 * hour });
  expect(read()).toBe(3 * hour);
});
