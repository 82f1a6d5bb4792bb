import { expect, onTestFinished, test, vi } from 'vitest';
import { systemClock } from '../../src/clock.ts';
import { readRunDocument } from '../../src/store/run-document.ts';
import type { Store } from '../../src/store/store.ts';
import { lease, setup } from './setup.ts';
import { batch, event, newRun, startOf2026 } from './shapes.ts';

const hour = 3_600_000;

test('a run of which nothing is known yet has every field, null where there is nothing to say', () => {
  const { store, lease } = setup();
  store.releaseLease(lease);
  const worker = { role: 'main', host: 'prime1', index: 0, address: null, pid: null, state: 'pending', exitCode: null };
  expect(read(store, 'run-1')).toEqual({
    ...{ id: 'run-1', kind: 'launch', playbook: 'prod-50k', point: null, host: 'prime1', executor: 'detached', profile: null },
    ...{
      attempt: 1,
      state: 'queued',
      health: 'unknown',
      reachability: { status: 'unknown', since: null, nextTryAt: null },
      observedAt: null,
      evidence: null,
    },
    ...{ controller: null, driven: false, verdict: null, outcome: null, message: null, workers: [worker], progress: null },
    ...{ checks: [], criteria: [], flags: [], attempts: [], checkpoints: [], duties: [], cost: null },
    ...{ createdAt: '2026-01-01T00:00:00.000Z', startedAt: null, endedAt: null },
  });
});

test('whoever drives a run is its controller, with the time since when', () => {
  const { store } = setup();
  expect(read(store, 'run-1', Date.now())).toMatchObject({ driven: true, controller: { pid: process.pid } });
  expect(read(store, 'run-1', Date.now()).controller?.since).toMatch(/^20\d\d-.*Z$/);
});

test('the cost grows with the time since the start, and stops with the end', () => {
  const { store } = setup();
  store.createRun(newRun('paid', { perHour: 3, currency: 'EUR' }), event('created'));
  const answer = store.takeLease('paid', owner, { ttlMs: 1, now: 0, sinceBoot: 0, takeOver: false });
  if (!answer.taken) throw new Error('expected the lease');
  const spent = (now: number) => read(store, 'paid', now).cost;
  expect(spent(startOf2026)).toEqual({ perHour: 3, currency: 'EUR', spent: 0 });
  store.transition(answer.lease, { from: ['queued'], to: 'running', event: event('state'), startedAt: startOf2026 });
  expect(spent(startOf2026 + hour / 2)?.spent).toBe(1.5);
  expect(spent(startOf2026 - hour)?.spent).toBe(0);
  store.transition(answer.lease, { from: ['running'], to: 'halted', event: event('state'), endedAt: startOf2026 + 2 * hour });
  expect(spent(startOf2026 + 9 * hour)?.spent).toBe(6);
  expect(read(store, 'paid')).toMatchObject({ startedAt: '2026-01-01T00:00:00.000Z', endedAt: '2026-01-01T02:00:00.000Z' });
});

test.each(['UTC', 'Europe/Berlin', 'America/New_York'])(
  'the cost and the times of a run over a change to summer time are right in %s',
  (zone) => {
    vi.stubEnv('TZ', zone);
    onTestFinished(() => void vi.unstubAllEnvs());
    const { store } = setup();
    store.createRun(newRun('paid', { perHour: 3, currency: 'EUR' }), event('created'));
    const held = lease(store, 'paid');
    // Clocks went forward at 01:00 UTC in Europe on this day, and at 07:00 UTC on the 8th in New York.
    const startedAt = Date.UTC(2026, 2, 29, 0, 30);
    store.transition(held, { from: ['queued'], to: 'running', event: event('state', startedAt), startedAt });
    expect(read(store, 'paid', startedAt + hour).cost?.spent).toBe(3);
    expect(read(store, 'paid', startedAt - hour).cost?.spent).toBe(0);
    expect(read(store, 'paid').startedAt).toBe('2026-03-29T00:30:00.000Z');
    store.transition(held, { from: ['running'], to: 'halted', event: event('state'), endedAt: startedAt - 5 * hour });
    expect(read(store, 'paid', startedAt + hour).cost?.spent).toBe(0);
  },
);

test('a run on several hosts names none, and each worker by its place on its host', () => {
  const { store } = setup();
  const targets = [
    { index: 0, role: 'main', host: 'tpu1', worker: 7, address: '10.0.0.7' },
    { index: 1, role: 'main', host: 'tpu2', worker: 0, address: null },
  ];
  store.createRun(newRun('gang', { targets }), event('created'));
  const { host, workers } = read(store, 'gang');
  expect(host).toBeNull();
  expect(workers.map((worker) => [worker.host, worker.index])).toEqual([
    ['tpu1', 7],
    ['tpu2', 0],
  ]);
});

test('checks are those that were begun, without a result only while one is at work', () => {
  const { store, lease } = setup();
  const names = ['settled', 'at work', 'still to come'];
  store.planChecks(
    lease,
    names.map((name, position) => ({ phase: 'validate', position, kind: 'check', name })),
  );
  store.claimCheck(lease, 'validate', 0);
  store.claimCheck(lease, 'validate', 1);
  const settlement = {
    result: 'warn',
    expected: '>=1',
    observed: '0',
    message: 'low',
    seconds: 0.25,
    waiver: null,
    workers: null,
  } as const;
  store.settleCheck(lease, 'validate', 0, settlement, event('check-settled'));
  const nothing = { workers: null, result: null, expected: null, waiver: null, observed: null, message: null, seconds: null };
  expect(read(store, 'run-1').checks).toEqual([
    { phase: 'validate', name: 'settled', kind: 'check', ...settlement },
    { phase: 'validate', name: 'at work', kind: 'check', ...nothing },
  ]);
});

test('times inside are RFC 3339 as well', () => {
  const { store, lease } = setup();
  store.recordReachability(lease, 'reachable', startOf2026, null);
  const flag = {
    color: 'red',
    text: 'oom',
    hint: null,
    expected: false,
    count: 2,
    firstAt: startOf2026,
    lastAt: startOf2026,
  } as const;
  store.recordBatch(lease, batch({ flags: [flag] }));
  expect(read(store, 'run-1')).toMatchObject({
    reachability: { status: 'reachable', since: '2026-01-01T00:00:00.000Z' },
    observedAt: '2026-01-01T00:00:00.000Z',
    flags: [{ ...flag, firstAt: '2026-01-01T00:00:00.000Z', lastAt: '2026-01-01T00:00:00.000Z' }],
  });
});

const owner = { user: 'ada', host: 'other-laptop', pid: 1, startTicks: 1, bootId: 'other' };

function read(store: Store, id: string, now = startOf2026, sinceBoot = systemClock.sinceBoot()) {
  const run = store.readRun(id);
  if (run === null) throw new Error(`expected run "${id}"`);
  return readRunDocument(store, run, { now, sinceBoot });
}
