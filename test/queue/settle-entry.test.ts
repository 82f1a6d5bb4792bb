import { expect, test } from 'vitest';
import { settleEntry, stopsOthers, type RunFacts } from '../../src/queue/settle-entry.ts';
import type { Ladder } from '../../src/playbook/playbook.ts';
import type { Outcome } from '../../src/lifecycle/states.ts';
import type { EntryRecord } from '../../src/store/queue-records.ts';
import type { RunRecord } from '../../src/store/records.ts';
import { makeEntry } from '../support/queue-entry.ts';

const now = 1_000_000;
const minute = 60_000;

function settle(
  entry: Partial<EntryRecord>,
  outcome: Partial<Outcome> | null,
  run: Partial<RunRecord> = {},
  facts: Partial<RunFacts> = {},
) {
  const whole =
    outcome === null ? null : { result: 'failed' as const, reason: null, exitCode: null, degraded: false, ...outcome };
  const record = { id: 'r1', outcome: whole, message: null, startedAt: 1, endedAt: now, ...run } as RunRecord;
  const running = makeEntry({ state: 'running', runs: ['r1'], ...entry });
  const change = settleEntry(running, record, {
    now,
    failure: null,
    ladder: null,
    isBudgetUsed: false,
    triesInVain: 1,
    withoutCheckpoint: 0,
    ...facts,
  });
  return change === null ? null : { ...change, stops: stopsOthers(running, record, change) };
}

test('an entry runs as long as its run does', () => {
  expect(settle({}, null)).toBeNull();
});

test('what has succeeded is done', () => {
  expect(settle({ yielding: 'night' }, { result: 'succeeded' })).toMatchObject({ to: 'done', reason: null });
});

test('what had to yield waits for the next night where it can go on, and has failed where it cannot', () => {
  const yielding = { yielding: 'night', yieldsAt: now + minute } as const;
  expect(settle({ ...yielding, canGoOn: true }, { result: 'halted' })).toMatchObject({
    to: 'waiting',
    reason: 'run r1 had to yield; it goes on from its checkpoint',
    notBefore: now + minute,
  });
  expect(settle(yielding, { result: 'halted' })).toMatchObject({
    to: 'failed',
    reason: 'run r1 had to yield: it was not done, and nothing can go on from it',
  });
  expect(settle(yielding, { result: 'cancelled' }, { startedAt: null })).toMatchObject({
    to: 'waiting',
    reason: 'run r1 had to yield; its job had not begun',
    notBefore: now + minute,
  });
});

test('a night that has left no checkpoint is told, and after two of them a person is asked', () => {
  const yielding = { yielding: 'night', canGoOn: true } as const;
  expect(settle(yielding, { result: 'halted' }, {}, { withoutCheckpoint: 1 })).toMatchObject({
    to: 'waiting',
    reason: 'run r1 had to yield; it has left no checkpoint of its own',
  });
  expect(settle(yielding, { result: 'halted' }, {}, { withoutCheckpoint: 2 })).toMatchObject({
    to: 'held',
    reason: 'run r1 had to yield, and 2 runs in a row have left no checkpoint that is whole',
    stops: false,
  });
});

test('a limit that has stopped it at the time to yield, while nobody was there, is a yield; an earlier one is a failure', () => {
  const stopped = { result: 'failed', reason: 'time-limit' } as const;
  expect(settle({ canGoOn: true, yieldsAt: now }, stopped)).toMatchObject({ to: 'waiting' });
  expect(settle({ canGoOn: true, yieldsAt: now + 1 }, stopped)).toMatchObject({ to: 'failed' });
});

test('a host that was not reached is tried again, each time later, up to a quarter of an hour', () => {
  const cancelled = (tries: number) =>
    settle({}, { result: 'cancelled', reason: 'connection-refused' }, { startedAt: null }, { triesInVain: tries });
  expect(cancelled(1)).toMatchObject({ to: 'waiting', notBefore: now + minute, reason: 'run r1 cancelled (connection-refused)' });
  expect([2, 3, 9, 99].map((tries) => cancelled(tries)?.notBefore)).toEqual(
    [2, 4, 15, 15].map((minutes) => now + minutes * minute),
  );
});

test('a host that somebody else has is no failure', () => {
  expect(settle({}, { reason: 'host-busy' }, { startedAt: null, message: 'free: run xyz has it\nmore' })).toMatchObject({
    to: 'waiting',
    reason: 'run r1 failed (host-busy): free: run xyz has it',
    notBefore: now + minute,
  });
});

test('a failure is tried again as often as was said, and no more', () => {
  const crash = { result: 'failed', reason: 'exit-status' } as const;
  expect(settle({ retries: 1 }, crash)).toMatchObject({
    to: 'waiting',
    failures: 1,
    reason: 'run r1 failed (exit-status); it is tried again, 1 of 1 times',
  });
  expect(settle({ retries: 1, failures: 1 }, crash)).toMatchObject({
    to: 'failed',
    failures: 2,
    reason: 'run r1 failed (exit-status)',
  });
});

test('what a person has halted or cancelled is not tried again', () => {
  expect(settle({ retries: 3 }, { result: 'halted' })).toMatchObject({ to: 'failed' });
  expect(settle({ retries: 3 }, { result: 'cancelled' }, { startedAt: null })).toMatchObject({ to: 'failed' });
});

const ladder: Ladder = { on: ['gpu-memory'], from: 'start', rungs: [{ batch: '64' }, { batch: '32', seq: '1024' }] };

test('too little memory takes the next rung of the ladder, over those before it, and is no retry', () => {
  const crash = { result: 'failed', reason: 'exit-status' } as const;
  const facts = { failure: 'gpu-memory', ladder };
  expect(settle({ onFailure: 'stop' }, crash, {}, facts)).toMatchObject({
    to: 'waiting',
    rung: 1,
    runsBefore: 1,
    changed: { batch: '64' },
    reason: 'run r1 failed (exit-status); it is tried again with batch=64, rung 1 of 2',
    stops: false,
  });
  expect(settle({ rung: 1, changed: { batch: '64' } }, crash, {}, facts)).toMatchObject({
    rung: 2,
    changed: { batch: '32', seq: '1024' },
  });
});

test('what has no further rung, or failed of something else, is a failure like any other', () => {
  const crash = { result: 'failed', reason: 'exit-status' } as const;
  expect(settle({ rung: 2 }, crash, {}, { failure: 'gpu-memory', ladder })).toMatchObject({ to: 'failed', failures: 1 });
  expect(settle({}, crash, {}, { failure: 'nccl', ladder })).toMatchObject({ to: 'failed', failures: 1 });
  expect(settle({}, { result: 'halted' }, {}, { failure: 'gpu-memory', ladder })).toMatchObject({ to: 'failed' });
});

test('a failure stops the others where that was said, and not while it is tried again', () => {
  const crash = { result: 'failed', reason: 'exit-status' } as const;
  expect(settle({ onFailure: 'stop' }, crash)).toMatchObject({ to: 'failed', stops: true });
  expect(settle({ onFailure: 'stop', retries: 1 }, crash)).toMatchObject({ to: 'waiting', stops: false });
  expect(settle({}, crash)).toMatchObject({ to: 'failed', stops: false });
  expect(settle({ onFailure: 'stop' }, { result: 'halted' })).toMatchObject({ to: 'failed', stops: false });
});

test('a point that was given up is over: it is not tried again, takes no rung, and stops nobody', () => {
  const hopeless = { result: 'failed', reason: 'hopeless' } as const;
  const facts = { failure: 'gpu-memory', ladder };
  expect(
    settle({ retries: 3, onFailure: 'stop' }, hopeless, { message: 'criterion "it learns" is violated' }, facts),
  ).toMatchObject({
    to: 'failed',
    stops: false,
    reason: 'run r1 failed (hopeless): criterion "it learns" is violated',
  });
});

test('what had to end for the budget is held where it can go on, has failed where it cannot, and stops nobody', () => {
  const ended = { yielding: 'budget', onFailure: 'stop' } as const;
  expect(settle({ ...ended, canGoOn: true }, { result: 'halted' })).toMatchObject({ to: 'held', stops: false });
  expect(settle(ended, { result: 'halted' })).toMatchObject({
    to: 'failed',
    stops: false,
    reason: 'run r1 had to end, since the budget of its sweep is used up: it was not done, and nothing can go on from it',
  });
});

test('a limit that has stopped it while nobody was there is the budget, where that is used up', () => {
  const stopped = { result: 'failed', reason: 'time-limit' } as const;
  expect(settle({ canGoOn: true }, stopped, {}, { isBudgetUsed: true })).toMatchObject({ to: 'held' });
  expect(settle({ canGoOn: true }, stopped, {}, { isBudgetUsed: false })).toMatchObject({ to: 'failed' });
});
