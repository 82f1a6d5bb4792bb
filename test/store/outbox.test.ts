import { expect, test } from 'vitest';
import type { NewMessage } from '../../src/store/outbox-records.ts';
import { event, newRun, startOf2026 } from './shapes.ts';
import { setup } from './setup.ts';

const minute = 60_000;

function message(changes: Partial<NewMessage> = {}): NewMessage {
  const times = { createdAt: startOf2026, notBefore: startOf2026, expiresAt: startOf2026 + 1_000 * minute };
  const what = { id: changes.cause ?? 'a', channel: 'team', cause: 'a', run: 'run-1', kind: 'red' };
  return { ...what, message: { title: 'trouble' }, ...times, ...changes };
}

function terms(now = startOf2026, sinceBoot = 0, boot: string | null = 'boot-1') {
  return { channels: ['team', 'phone'], now, boot, sinceBoot, ttlMs: minute };
}

test('the cursor begins after the last event that there is, once', () => {
  const { store } = setup();
  expect(store.outbox.readCursor()).toBeNull();
  expect(store.outbox.begin(startOf2026)).toBe(true);
  const cursor = store.outbox.readCursor();
  store.createRun(newRun('run-2'), event('created'));
  expect(store.outbox.begin(startOf2026 + 1)).toBe(false);
  expect(store.outbox.readCursor()).toEqual(cursor);
  expect(store.outbox.readEvents(cursor?.event ?? -1, 10)).toMatchObject([{ run: 'run-2', kind: 'created' }]);
});

test('a channel is told of one cause once', () => {
  const { store } = setup();
  expect(store.outbox.put(message())).toBe(true);
  expect(store.outbox.put(message({ id: 'other' }))).toBe(false);
  expect(store.outbox.put(message({ id: 'other', channel: 'phone' }))).toBe(true);
});

test.each(['boot-1', null])('a message is claimed by one, until it is settled or the claim has run out (%s)', (boot) => {
  const { store } = setup();
  store.outbox.put(message());
  const claimed = store.outbox.claim(terms(startOf2026, 0, boot));
  expect(claimed).toMatchObject({ id: 'a', tries: 1, message: { title: 'trouble' } });
  expect(store.outbox.claim(terms(startOf2026, minute - 1, boot))).toBeNull();
  const again = store.outbox.claim(terms(startOf2026, minute, boot));
  expect(again).toMatchObject({ id: 'a', tries: 2 });
  if (claimed === null || again === null) throw new Error('expected two claims');
  expect(store.outbox.settle(claimed, { kind: 'sent', at: startOf2026 })).toBe(false);
  expect(store.outbox.settle(again, { kind: 'sent', at: startOf2026 })).toBe(true);
  expect(store.outbox.claim(terms(startOf2026 + minute, 10 * minute, boot))).toBeNull();
});

test('a claim of an earlier boot is over', () => {
  const { store } = setup();
  store.outbox.put(message());
  store.outbox.claim(terms());
  expect(store.outbox.claim(terms(startOf2026, 0, 'boot-2'))).toMatchObject({ id: 'a' });
});

test('a channel that failed rests, others do not, and what was tried goes behind what was not', () => {
  const { store } = setup();
  for (const cause of ['a', 'b']) store.outbox.put(message({ cause }));
  store.outbox.put(message({ cause: 'c', channel: 'phone' }));
  const first = store.outbox.claim(terms());
  if (first === null) throw new Error('expected a claim');
  store.outbox.settle(first, { kind: 'later', notBefore: startOf2026 + minute, reason: 'HTTP 500' });
  expect(store.outbox.claim(terms())).toMatchObject({ id: 'c' });
  expect(store.outbox.claim(terms())).toBeNull();
  expect(store.outbox.claim(terms(startOf2026 + minute))).toMatchObject({ id: 'b' });
});

test('messages of channels that this process does not know are left to others', () => {
  const { store } = setup();
  store.outbox.put(message({ channel: 'elsewhere' }));
  expect(store.outbox.claim(terms())).toBeNull();
});

test('what has not been sent can be withdrawn, and the channel was not told then', () => {
  const { store } = setup();
  store.outbox.put(message({ kind: 'unreachable', notBefore: startOf2026 + minute }));
  store.outbox.put(message({ kind: 'unreachable', channel: 'phone', id: 'b' }));
  store.outbox.claim(terms());
  store.outbox.withdraw('run-1', 'unreachable', startOf2026);
  expect(store.outbox.readTold('run-1', 'unreachable')).toEqual(['phone']);
  expect(store.outbox.claim(terms(startOf2026 + minute, minute - 1))).toBeNull();
});

test('what is too old is given up with the reason of its last try, and in the end forgotten', () => {
  const { store } = setup();
  store.outbox.put(message({ expiresAt: startOf2026 + 2 * minute }));
  const claimed = store.outbox.claim(terms());
  if (claimed === null) throw new Error('expected a claim');
  store.outbox.settle(claimed, { kind: 'later', notBefore: startOf2026 + minute, reason: 'HTTP 500' });
  store.outbox.tidy(startOf2026 + minute, 0);
  expect(store.outbox.list(0)).toMatchObject([{ state: 'pending' }]);
  store.outbox.tidy(startOf2026 + 2 * minute, 0);
  expect(store.outbox.list(0)).toMatchObject([{ state: 'failed', reason: 'given up: HTTP 500' }]);
  store.outbox.tidy(startOf2026 + 9 * minute, startOf2026 + 3 * minute);
  expect(store.outbox.list(0)).toEqual([]);
});
