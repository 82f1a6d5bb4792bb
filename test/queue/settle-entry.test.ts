import { expect, test } from 'vitest';
import { settleEntry } from '../../src/queue/settle-entry.ts';
import type { Outcome } from '../../src/lifecycle/states.ts';
import type { EntryRecord } from '../../src/store/queue-records.ts';
import type { RunRecord } from '../../src/store/records.ts';
import { makeEntry } from '../support/queue-entry.ts';

const now = 1_000_000;
const minute = 60_000;

function settle(entry: Partial<EntryRecord>, outcome: Partial<Outcome> | null, run: Partial<RunRecord> = {}) {
  const whole =
    outcome === null ? null : { result: 'failed' as const, reason: null, exitCode: null, degraded: false, ...outcome };
  const record = { id: 'r1', outcome: whole, message: null, startedAt: 1, endedAt: now, ...run } as RunRecord;
  const change = settleEntry(makeEntry({ state: 'running', runs: ['r1'], ...entry }), record, now);
  return change === null
    ? null
    : { to: change.to, reason: change.reason, notBefore: change.notBefore, failures: change.failures };
}

test('an entry runs as long as its run does', () => {
  expect(settle({}, null)).toBeNull();
});

test('what has succeeded is done', () => {
  expect(settle({ yielding: true }, { result: 'succeeded' })).toMatchObject({ to: 'done', reason: null });
});

test('what had to yield waits for the next night where it can go on, and has failed where it cannot', () => {
  const yielding = { yielding: true, yieldsAt: now + minute };
  expect(settle({ ...yielding, canGoOn: true }, { result: 'halted' })).toMatchObject({
    to: 'waiting',
    reason: 'run r1 had to yield; it goes on from its checkpoint',
    notBefore: now + minute,
  });
  expect(settle(yielding, { result: 'halted' })).toMatchObject({
    to: 'failed',
    reason: 'run r1 had to yield before it was done, and nothing can go on from it',
  });
});

test('a limit that has stopped it at the time to yield, while nobody was there, is a yield; an earlier one is a failure', () => {
  const stopped = { result: 'failed', reason: 'time-limit' } as const;
  expect(settle({ canGoOn: true, yieldsAt: now }, stopped)).toMatchObject({ to: 'waiting' });
  expect(settle({ canGoOn: true, yieldsAt: now + 1 }, stopped)).toMatchObject({ to: 'failed' });
});

test('a host that was not reached is tried again, each time later, up to a quarter of an hour', () => {
  const cancelled = (tries: number) =>
    settle(
      { runs: Array.from({ length: tries }, () => 'r1') },
      { result: 'cancelled', reason: 'connection-refused' },
      { startedAt: null },
    );
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
