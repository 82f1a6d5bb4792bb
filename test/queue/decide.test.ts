import { expect, test } from 'vitest';
import { decideQueue, type Scene } from '../../src/queue/decide.ts';
import { describeWait } from '../../src/queue/describe-wait.ts';
import type { EntryRecord, EntryState } from '../../src/store/queue-records.ts';
import { makeEntry } from '../support/queue-entry.ts';

const now = Date.parse('2026-11-27T23:00:00Z');
const hour = 3600;
const nightly = { mayStart: { from: 22 * 60, to: 2 * 60 }, yieldBy: 8 * 60 };

function look(
  entries: Partial<EntryRecord>[],
  more: Partial<Scene> & { states?: Record<string, EntryState> } = {},
): Record<string, string[]> {
  const records = entries.map((entry, index) => makeEntry({ id: `e${index + 1}`, number: index + 1, ...entry }));
  const scene: Scene = {
    now,
    entries: records,
    stateOf: (id) => more.states?.[id] ?? records.find((record) => record.id === id)?.state ?? null,
    busy: new Map(),
    quarantined: new Map(),
    unusable: new Map(),
    secondsLeft: () => null,
    ...more,
  };
  return Object.fromEntries(
    decideQueue(scene).map((decision) => {
      const { entry } = decision;
      if (decision.kind === 'start') return [entry.id, ['start']];
      if (decision.kind === 'never') return [entry.id, ['never', decision.reason]];
      return [entry.id, decision.waits.map((wait) => describeWait(entry, wait, now))];
    }),
  );
}

test('an entry that waits for nothing starts', () => {
  expect(look([{}])).toEqual({ e1: ['start'] });
});

test('one entry starts on a host, and the next waits for it; on another host it starts too', () => {
  expect(look([{}, {}, { hosts: ['prime1'] }])).toEqual({
    e1: ['start'],
    e2: ['host tpu1 is busy with entry e1, which goes first, nobody knows until when'],
    e3: ['start'],
  });
});

test('a host is busy with a run until about the time that its rate tells', () => {
  const busy = new Map([['tpu1', { by: 'run 4f2a (trm)', until: now + 90 * 60_000 }]]);
  expect(look([{}], { busy })).toEqual({
    e1: ['host tpu1 is busy with run 4f2a (trm), until about 2026-11-28 00:30 UTC (in 1h30m)'],
  });
});

test('an entry of several hosts waits for each of them', () => {
  const busy = new Map([['b', { by: 'run 4f2a (trm)', until: null }]]);
  expect(look([{ hosts: ['a', 'b'] }, { hosts: ['a'] }], { busy })).toEqual({
    e1: ['host b is busy with run 4f2a (trm), nobody knows until when'],
    e2: ['start'],
  });
});

test('entries in two slots of a host start side by side, and one for the whole host waits for both', () => {
  expect(look([{ hosts: ['box:gpu0'] }, { hosts: ['box:gpu1'] }, { hosts: ['box:gpu0'] }, { hosts: ['box'] }])).toEqual({
    e1: ['start'],
    e2: ['start'],
    e3: ['host box:gpu0 is busy with entry e1, which goes first, nobody knows until when'],
    e4: [
      'host box:gpu0 is busy with entry e1, which goes first, nobody knows until when',
      'host box:gpu1 is busy with entry e2, which goes first, nobody knows until when',
    ],
  });
});

test('an entry for a slot waits for whoever has the whole host, and for the quarantine of that', () => {
  const busy = new Map([['box', { by: 'run 4f2a (trm)', until: null }]]);
  const quarantined = new Map([['box', 'the fan is loud']]);
  expect(look([{ hosts: ['box:gpu0'] }, { hosts: ['boxer'] }], { busy, quarantined })).toEqual({
    e1: [
      'host box is in quarantine: the fan is loud; fleet quarantine box --lift puts it back',
      'host box is busy with run 4f2a (trm), nobody knows until when',
    ],
    e2: ['start'],
  });
});

test('while one entry waits to try a host again that it has not reached, others leave that host alone, and say so', () => {
  const unusable = new Map([['tpu1', { entry: 'e1', because: 'run r1 cancelled (connect-timeout)', until: now + 120_000 }]]);
  expect(
    look([{ notBefore: now + 120_000, reason: 'run r1 cancelled (connect-timeout)' }, {}, { hosts: ['prime1'] }], { unusable }),
  ).toEqual({
    e1: ['run r1 cancelled (connect-timeout); it is tried again at 2026-11-27 23:02 UTC (in 2m)'],
    e2: ['host tpu1 cannot be used: run r1 cancelled (connect-timeout); it is tried again at 2026-11-27 23:02 UTC (in 2m)'],
    e3: ['start'],
  });
  expect(look([{}, {}], { unusable })).toMatchObject({ e1: ['start'] });
});

test('an entry that is held says how it is let go, and whatever else it waits for', () => {
  expect(look([{ state: 'held', mayStart: { from: 60, to: 120 } }])).toEqual({
    e1: ['held: fleet queue release e1 lets it go', 'its window opens at 2026-11-28 01:00 UTC (in 2h)'],
  });
});

test('a host in quarantine is waited for', () => {
  const quarantined = new Map([['tpu1', 'the fan is loud']]);
  expect(look([{}], { quarantined })).toEqual({
    e1: ['host tpu1 is in quarantine: the fan is loud; fleet quarantine tpu1 --lift puts it back'],
  });
});

test('after a try that came to nothing it says why, and when the next one is', () => {
  const reason = 'host tpu1 was not reached';
  expect(
    look([
      { notBefore: now + 60_000, reason },
      { hosts: ['b'], notBefore: now },
    ]),
  ).toEqual({
    e1: ['host tpu1 was not reached; it is tried again at 2026-11-27 23:01 UTC (in 1m)'],
    e2: ['start'],
  });
});

test.each([
  ['ok', 'running', ['waits for entry x to succeed, which is running']],
  ['ok', 'waiting', ['waits for entry x to succeed, which is waiting']],
  ['ok', 'done', ['start']],
  ['ok', 'failed', ['never', 'it was to follow entry x once that had succeeded, and that is failed']],
  ['ok', 'removed', ['never', 'it was to follow entry x once that had succeeded, and that is removed']],
  ['fail', 'held', ['waits for entry x to fail, which is held']],
  ['fail', 'failed', ['start']],
  ['fail', 'done', ['never', 'it was to follow entry x once that had failed, and that is done']],
  ['any', 'running', ['waits for entry x to end, which is running']],
  ['any', 'done', ['start']],
  ['any', 'failed', ['start']],
] as const)('an entry that follows another one %s: while that is %s', (wants, state, said) => {
  expect(look([{ after: { entry: 'x', wants } }], { states: { x: state } })).toEqual({ e1: said });
});

test('outside its window an entry says when it opens, and keeps nobody else from starting', () => {
  expect(look([{ mayStart: { from: 0, to: 120 } }, {}])).toEqual({
    e1: ['its window opens at 2026-11-28 00:00 UTC (in 1h)'],
    e2: ['start'],
  });
});

test('what is known to be done before the time to yield starts, what is not waits for the next night', () => {
  const seconds = { e1: 9 * hour, e2: 9.5 * hour };
  const secondsLeft = ({ id }: Pick<EntryRecord, 'id'>) => seconds[id as keyof typeof seconds];
  expect(
    look(
      [
        { ...nightly, hosts: ['a'] },
        { ...nightly, hosts: ['b'] },
      ],
      { secondsLeft },
    ),
  ).toEqual({
    e1: ['start'],
    e2: [
      'it must yield at 2026-11-28 08:00 UTC (in 9h), and about 9h30m of work are left; the next night begins at 2026-11-28 22:00 UTC',
    ],
  });
});

test('what no night is long enough for is told, unless it can go on from a checkpoint', () => {
  const secondsLeft = () => 12 * hour;
  expect(look([nightly, { ...nightly, hosts: ['b'], canGoOn: true }], { secondsLeft })).toEqual({
    e1: ['it takes about 12h and cannot go on from a checkpoint: a night of 10h is too short for it'],
    e2: ['start'],
  });
});

test('of what nobody has measured a quarter of an hour must be left, of what is nearly done what it needs', () => {
  const late = { mayStart: null, yieldBy: 23 * 60 + 10 };
  const secondsLeft = ({ id }: Pick<EntryRecord, 'id'>) => (id === 'e2' ? 300 : null);
  expect(look([late, { ...late, hosts: ['b'], canGoOn: true }], { secondsLeft })).toEqual({
    e1: [
      'it must yield at 2026-11-27 23:10 UTC (in 10m), and how long it takes is not known; the next night begins at 2026-11-27 23:10 UTC',
    ],
    e2: ['start'],
  });
});

test('what must yield and never may start in a window can use a whole day, from one time to the next', () => {
  const secondsLeft = () => 20 * hour;
  expect(look([{ yieldBy: 0 }], { secondsLeft })).toEqual({
    e1: [
      'it must yield at 2026-11-28 00:00 UTC (in 1h), and about 20h of work are left; the next night begins at 2026-11-28 00:00 UTC',
    ],
  });
});
