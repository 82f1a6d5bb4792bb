import { expect, test } from 'vitest';
import { describeEntries, type EntryNews } from '../../src/notify/describe-entries.ts';

const at = Date.parse('2026-11-28T02:12:00Z');
const held = (id: number, reason = 'it cannot be planned: no such playbook'): EntryNews => {
  return { id, at: at + id, entry: `e${id}`, name: `trm seed=${id} on tpu1`, state: 'held', reason };
};
const describe = (...news: EntryNews[]) => describeEntries(news, 'Europe/Berlin');

test('an entry that is held waits for a person: why, since when, and what to type', () => {
  expect(describe(held(7))).toEqual([
    {
      event: 7,
      message: {
        kind: 'waiting',
        urgent: true,
        title: 'queue: trm seed=7 on tpu1 held',
        lines: [
          'it cannot be planned: no such playbook',
          'Sat 28 Nov, 03:12 CET',
          'fleet queue explain e7 shows how it stands; fleet queue release e7 lets it wait for its turn again',
        ],
        at: '2026-11-28T02:12:00.007Z',
        run: null,
      },
    },
  ]);
});

test('one that has failed without a run has finished', () => {
  const [told] = describe({ ...held(7, 'it was to follow entry e6'), state: 'failed' });
  expect(told?.message).toMatchObject({ kind: 'finished', title: 'queue: trm seed=7 on tpu1 failed' });
  expect(told?.message.lines.at(-1)).toContain('fleet queue retry e7');
});

test('many that were held are one message, a line for each reason', () => {
  const sweep = [1, 2, 3, 4, 5, 6, 7].map((id) => held(id, 'its sweep is stopped'));
  const [told, ...others] = describe(...sweep, held(8, 'its budget is spent'));
  expect(others).toEqual([]);
  expect(told).toMatchObject({ event: 1, message: { title: 'queue: 8 entries held' } });
  expect(told?.message.lines.slice(0, 2)).toEqual([
    `${[1, 2, 3, 4, 5].map((id) => `trm seed=${id} on tpu1`).join(', ')} and 2 more: its sweep is stopped`,
    'trm seed=8 on tpu1: its budget is spent',
  ]);
});
