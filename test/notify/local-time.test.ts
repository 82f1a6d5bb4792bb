import { expect, test } from 'vitest';
import { formatLocal, lastTimeOfDay, localDate } from '../../src/notify/local-time.ts';

const berlin = 'Europe/Berlin';
const at = (text: string) => Date.parse(text);

test('a time is told in the zone of whoever reads it', () => {
  expect(formatLocal(at('2026-11-28T02:12:00Z'), berlin)).toBe('Sat 28 Nov, 03:12 CET');
  expect(localDate(at('2026-11-27T23:30:00Z'), berlin)).toBe('2026-11-28');
});

test.each([
  ['the time of today, when it has been', '2026-11-28T08:30:00Z', '08:00', '2026-11-28T07:00:00.000Z'],
  ['the time of yesterday, before', '2026-11-28T06:59:59Z', '08:00', '2026-11-27T07:00:00.000Z'],
  ['the very moment', '2026-11-28T07:00:00Z', '08:00', '2026-11-28T07:00:00.000Z'],
  ['after the clocks went forward', '2026-03-29T08:00:00Z', '08:00', '2026-03-29T06:00:00.000Z'],
  ['a time that the clocks left out is when they were set', '2026-03-29T08:00:00Z', '02:30', '2026-03-29T01:00:00.000Z'],
  ['of a time that came twice, the first', '2026-10-25T08:00:00Z', '02:30', '2026-10-25T00:30:00.000Z'],
])('the last time of day: %s', (_, now, time, expected) => {
  expect(new Date(lastTimeOfDay(at(now), time, berlin)).toISOString()).toBe(expected);
});
