import { expect, test } from 'vitest';
import { momentOf, systemClock } from '../../src/clock.ts';
import type { Lease, WorkerRecord } from '../../src/store/records.ts';
import type { Store } from '../../src/store/store.ts';
import { readOwner } from '../../src/store/owner.ts';
import { readRunDocument } from '../../src/store/run-document.ts';
import { lease, setup } from './setup.ts';
import { batch, checkpoint, duty, firstTry, event, offset, sample, samples, startOf2026 } from './shapes.ts';

const settlement = { result: 'pass', expected: '0', observed: '0', message: null, seconds: 0.2, waiver: null } as const;
const worker: WorkerRecord = {
  ...{ index: 0, role: 'main', host: 'prime1', worker: 0, address: '10.0.0.7', attempt: 1 },
  ...{ pid: 12, state: 'running', exitCode: null, incarnation: '{"boot":"b"}' },
};
const looked = batch({ offsets: [offset({ offset: 10 })], samples: [samples([sample(0)])], events: [event('late')] });

/** Found by their first word: what takes a lease and says whether it landed. */
type GuardedWrite = {
  [Name in keyof Store]: Store[Name] extends (lease: Lease, ...more: never[]) => boolean ? Name : never;
}[keyof Store];

const guardedWrites: Record<GuardedWrite, (store: Store, lease: Lease) => boolean> = {
  transition: (store, held) => store.transition(held, { from: ['queued'], to: 'preparing', event: event('state') }),
  recordReachability: (store, held) => store.recordReachability(held, 'reachable', startOf2026, event('reachable')),
  recordHealth: (store, held) => store.recordHealth(held, 'red', event('health')),
  recordWorker: (store, held) => store.recordWorker(held, worker, event('worker')),
  recordEvent: (store, held) => store.recordEvent(held, event('note')),
  recordOffsets: (store, held) => store.recordOffsets(held, [offset({ offset: 5 })]),
  recordBatch: (store, held) => store.recordBatch(held, looked),
  recordTry: (store, held) => store.recordTry(held, firstTry()),
  recordCheckpoint: (store, held) => store.recordCheckpoint(held, checkpoint(), event('checkpoint')),
  planDuties: (store, held) => store.planDuties(held, [duty({ position: 1 })]),
  recordDuty: (store, held) => store.recordDuty(held, duty({ state: 'met' }), event('duty')),
  planChecks: (store, held) => store.planChecks(held, [{ phase: 'verify', position: 0, kind: 'check', name: 'late' }]),
  claimCheck: (store, held) => store.claimCheck(held, 'prepare', 0),
  settleCheck: (store, held) => store.settleCheck(held, 'prepare', 1, settlement, event('check-settled')),
  remember: (store, held) => store.remember(held, { key: 'k', name: 'late', expected: null, observed: null, at: startOf2026 }),
  recordHostClaim: (store, held) =>
    store.recordHostClaim(held, { host: 'prime1', worker: 0, machine: 'm', claimedAt: 1, releasedAt: null }),
  renewLease: (store, held) => store.renewLease(held, { ttlMs: 1e9, ...momentOf(systemClock) }),
  releaseLease: (store, held) => store.releaseLease(held),
};

/** Why each of the others asks for no lease: whoever adds to the store says so here, or guards it. */
const unguarded: Record<
  Exclude<keyof Store, GuardedWrite>,
  | 'reads'
  | 'a person may, whoever drives'
  | 'begins a run or a lease'
  | 'belongs to no run that is driven'
  | 'joins other writes'
  | 'says nothing of a run'
> = {
  createRun: 'begins a run or a lease',
  importRun: 'begins a run or a lease',
  takeLease: 'begins a run or a lease',
  outbox: 'belongs to no run that is driven',
  quarantine: 'belongs to no run that is driven',
  liftQuarantine: 'belongs to no run that is driven',
  recordFacts: 'belongs to no run that is driven',
  settleDuty: 'a person may, whoever drives',
  recordSwept: 'belongs to no run that is driven',
  together: 'joins other writes',
  keepFile: 'says nothing of a run',
  ...{ readRun: 'reads', findRuns: 'reads', listRuns: 'reads', activeRuns: 'reads', holder: 'reads', readChecks: 'reads' },
  ...{ readWorkers: 'reads', readCriteria: 'reads', readFlags: 'reads', readProgress: 'reads', readOffsets: 'reads' },
  ...{ readSamples: 'reads', readEvents: 'reads', readHostClaims: 'reads', listUnswept: 'reads', readFacts: 'reads' },
  ...{ readTries: 'reads', readCheckpoints: 'reads', readDuties: 'reads' },
  addEntries: 'belongs to no run that is driven',
  changeEntry: 'belongs to no run that is driven',
  startEntry: 'belongs to no run that is driven',
  addSchedule: 'belongs to no run that is driven',
  removeSchedule: 'belongs to no run that is driven',
  recordSeenTo: 'belongs to no run that is driven',
  takeQueue: 'belongs to no run that is driven',
  renewQueue: 'belongs to no run that is driven',
  releaseQueue: 'belongs to no run that is driven',
  ...{
    readEntry: 'reads',
    readAsked: 'reads',
    queuedEntries: 'reads',
    countEntries: 'reads',
    findEntries: 'reads',
    listEntries: 'reads',
    runningEntries: 'reads',
    listSchedules: 'reads',
    queueHolder: 'reads',
  },
  readWorkSeconds: 'reads',
  readSpent: 'reads',
  isOfQueue: 'reads',
  openBudgets: 'reads',
  holdBatch: 'belongs to no run that is driven',
  ...{ readRemembered: 'reads', listQuarantines: 'reads' },
  ...{ snapshot: 'reads', close: 'reads', isCopy: 'reads', readRoom: 'reads', requirePlace: 'reads', isGivenBack: 'reads' },
};

test('every part of the store is known here as guarded or not', () => {
  const { store } = setup();
  expect(Object.keys(store).sort()).toEqual([...Object.keys(guardedWrites), ...Object.keys(unguarded)].sort());
});

function setupClaims() {
  const { store, lease: held } = setup();
  store.planChecks(held, [
    { phase: 'prepare', position: 0, kind: 'action', name: 'archive' },
    { phase: 'prepare', position: 1, kind: 'check', name: 'free' },
  ]);
  store.claimCheck(held, 'prepare', 1);
  store.planDuties(held, [duty()]);
  return { store, held };
}

test.each(Object.entries(guardedWrites))(
  '%s lands for the owner, and is refused without a trace after a take-over',
  (_, write) => {
    const { store, held } = setupClaims();
    lease(store, 'run-1', readOwner(), true);
    const before = readAll(store);
    expect(write(store, held)).toBe(false);
    expect(readAll(store)).toEqual(before);

    const owned = setupClaims();
    const untouched = readAll(owned.store);
    expect(write(owned.store, owned.held)).toBe(true);
    expect(readAll(owned.store)).not.toEqual(untouched);
  },
);

test('a transition happens only out of the states it names', () => {
  const { store, lease: held } = setup();
  const toRunning = { from: ['launching'], to: 'running', event: event('state') } as const;
  expect(store.transition(held, toRunning)).toBe(false);
  expect(store.readRun('run-1')?.state).toBe('queued');
  expect(store.readEvents('run-1', 0, 10).map((found) => found.kind)).toEqual(['created']);
});

test('a result never changes, and fills in what the transition left out', () => {
  const { store, lease: held } = setup();
  expect(store.transition(held, { from: ['queued'], to: 'cancelled', event: event('state', startOf2026 + 5) })).toBe(true);
  const ended = store.readRun('run-1');
  expect(ended).toMatchObject({
    state: 'cancelled',
    endedAt: startOf2026 + 5,
    outcome: { result: 'cancelled', reason: null, exitCode: null, degraded: false },
  });
  for (const to of ['running', 'failed'] as const) {
    expect(store.transition(held, { from: ['queued', 'running', 'halting'], to, event: event('state') })).toBe(false);
  }
  expect(store.readRun('run-1')).toEqual(ended);
});

test('every transition leaves an event that says from where to where, and keeps the first start', () => {
  const { store, lease: held } = setup();
  const started = { to: 'running', event: event('state'), startedAt: 100, message: 'first' } as const;
  store.transition(held, { from: ['queued'], ...started });
  store.transition(held, { from: ['running'], to: 'restarting', event: event('state'), attempt: 2, message: null });
  store.transition(held, { from: ['restarting'], ...started, startedAt: 900, verdict: 'GO' });
  expect(store.readRun('run-1')).toMatchObject({ startedAt: 100, attempt: 2, message: 'first', verdict: 'GO' });
  expect(store.readEvents('run-1', 0, 10).map((found) => found.detail)).toEqual([
    null,
    { from: 'queued', to: 'running' },
    { from: 'running', to: 'restarting' },
    { from: 'restarting', to: 'running' },
  ]);
});

test('an outcome that contradicts the state is a defect, and nothing is written', () => {
  const { store, lease: held } = setup();
  const outcome = { result: 'failed', reason: 'no-go', exitCode: null, degraded: false } as const;
  expect(() => store.transition(held, { from: ['queued'], to: 'succeeded', event: event('state'), outcome })).toThrow(RangeError);
  expect(store.readRun('run-1')?.state).toBe('queued');
});

test('a check is settled only when claimed, and the first result wins', () => {
  const { store, held } = setupClaims();
  expect(store.settleCheck(held, 'prepare', 0, settlement, event('check-settled'))).toBe(false);
  expect(store.claimCheck(held, 'prepare', 0)).toBe(true);
  expect(store.settleCheck(held, 'prepare', 0, settlement, event('check-settled'))).toBe(true);
  expect(store.settleCheck(held, 'prepare', 0, { ...settlement, result: 'fail' }, event('check-settled'))).toBe(false);
  expect(store.claimCheck(held, 'prepare', 0)).toBe(false);
  expect(store.claimCheck(held, 'prepare', 9)).toBe(false);
  expect(store.readChecks('run-1')[0]).toMatchObject({ name: 'archive', status: 'settled', ...settlement });
});

test('what a dead owner had claimed can be seen and claimed again by the next one', () => {
  const { store } = setupClaims();
  const next = lease(store, 'run-1', readOwner(), true);
  expect(store.readChecks('run-1').map((check) => check.status)).toEqual(['pending', 'claimed']);
  expect(store.claimCheck(next, 'prepare', 1)).toBe(true);
  expect(store.settleCheck(next, 'prepare', 1, settlement, event('check-settled'))).toBe(true);
});

test('planning the checks again changes nothing, and they come in the order of the phases', () => {
  const { store, held } = setupClaims();
  store.planChecks(held, [
    { phase: 'verify', position: 0, kind: 'check', name: 'artifacts' },
    { phase: 'requirements', position: 0, kind: 'check', name: 'accelerators' },
    { phase: 'prepare', position: 1, kind: 'check', name: 'renamed' },
  ]);
  expect(store.readChecks('run-1').map((check) => `${check.phase} ${check.name} ${check.status}`)).toEqual([
    'requirements accelerators pending',
    'prepare archive pending',
    'prepare free claimed',
    'verify artifacts pending',
  ]);
});

function readAll(store: Store) {
  const run = store.readRun('run-1');
  return {
    document: run && readRunDocument(store, run, momentOf(systemClock)),
    holder: store.holder('run-1', momentOf(systemClock)),
    holderLater: store.holder('run-1', { now: Infinity, sinceBoot: systemClock.sinceBoot() + 1e6 }),
    checks: store.readChecks('run-1'),
    workers: store.readWorkers('run-1'),
    offsets: store.readOffsets('run-1'),
    samples: [...store.readSamples('run-1', null)],
    events: store.readEvents('run-1', 0, 100).map(({ kind }) => kind),
    claims: store.readHostClaims('run-1'),
    remembered: store.readRemembered('k'),
  };
}

test('the event of a transition says where the run came from and went to, whatever else it says', () => {
  const { store, lease: held } = setup();
  const to = { from: ['queued'], to: 'preparing', event: { ...event('state'), detail: { pid: 7 } } } as const;
  expect(store.transition(held, to)).toBe(true);
  expect(store.readEvents('run-1', 1, 10)[0]?.detail).toEqual({ from: 'queued', to: 'preparing', pid: 7 });
});
