import { expect, test } from 'vitest';
import { findDue } from '../../src/queue/schedules/due.ts';
import { readCron } from '../../src/queue/schedules/next-times.ts';
import type { ScheduleRecord } from '../../src/store/queue-records.ts';

const at = (text: string) => Date.parse(text);
const iso = (times: number[]) => times.map((time) => new Date(time).toISOString().replace(':00.000Z', 'Z'));

function schedule(more: Partial<ScheduleRecord>): ScheduleRecord {
  return {
    name: 'nightly',
    cron: '0 22 * * *',
    zone: 'Europe/Berlin',
    words: [],
    folder: '/',
    catchUp: 'once',
    overlap: 'skip',
    addedAt: 0,
    seenTo: at('2026-11-24T21:00Z'),
    ...more,
  };
}

test('ten at night stays ten at night on both sides of a change of the clock', () => {
  expect(iso(readCron('0 22 * * *', 'Europe/Berlin').after(at('2027-03-26T22:00Z'), 3))).toEqual([
    '2027-03-27T21:00Z',
    '2027-03-28T20:00Z',
    '2027-03-29T20:00Z',
  ]);
});

test('a time that the clock leaves out comes once, and so does one that it reads twice', () => {
  const times = readCron('30 2 * * *', 'Europe/Berlin');
  expect(iso(times.between(at('2027-03-27T12:00Z'), at('2027-03-28T12:00Z'), 9))).toEqual(['2027-03-28T01:00Z']);
  expect(iso(times.between(at('2027-10-30T12:00Z'), at('2027-10-31T12:00Z'), 9))).toHaveLength(1);
});

test.each([
  ['skip', []],
  ['once', ['2026-11-27T21:00Z']],
  ['all', ['2026-11-25T21:00Z', '2026-11-26T21:00Z', '2026-11-27T21:00Z']],
] as const)('of three nights that nobody was there, with %s', (catchUp, answered) => {
  expect(iso(findDue(schedule({ catchUp }), at('2026-11-28T09:00Z')).times)).toEqual(answered);
});

test('a controller that comes a few minutes late has missed nothing', () => {
  const late = schedule({ catchUp: 'skip', seenTo: at('2026-11-26T21:00Z') });
  expect(iso(findDue(late, at('2026-11-27T21:14Z')).times)).toEqual(['2026-11-27T21:00Z']);
});

test('before its time nothing is due, and what was seen to is not due again', () => {
  expect(findDue(schedule({}), at('2026-11-25T20:59Z'))).toEqual({ times: [], seenTo: at('2026-11-24T21:00Z') });
  expect(findDue(schedule({ catchUp: 'all' }), at('2026-11-24T21:00Z')).times).toEqual([]);
});

test('of years of minutes the last ones are found, as of a few', () => {
  const times = readCron('* * * * *', 'Europe/Berlin');
  const to = at('2027-10-31T02:00Z');
  const found = times.between(at('1999-01-01T00:00Z'), to, 100);
  expect(found).toHaveLength(100);
  expect(found).toEqual(times.between(at('2027-10-30T12:00Z'), to, 10_000).slice(-100));
});

test('a schedule of every second is made up for a hundred times at most', () => {
  expect(findDue(schedule({ cron: '* * * * * *', catchUp: 'all' }), at('2026-11-24T21:10Z')).times).toHaveLength(100);
});

test('what is no cron expression is refused with an example, and so is one whose time never comes', () => {
  expect(() => readCron('99 22 * * *', 'UTC')).toThrow(expect.objectContaining({ code: 'cron-invalid' }));
  expect(() => readCron('0 0 30 2 *', 'UTC')).toThrow('never comes');
  expect(() => readCron('0 22 * * *', 'Mars/Base')).toThrow('there is no time zone "Mars/Base"');
});
