import fc from 'fast-check';
import { expect, test } from 'vitest';
import { findNight, findYield, isOpen, type NightRule } from '../../src/queue/windows/night.ts';
import { parseDaySpan, parseTimeOfDay } from '../../src/queue/windows/time-of-day.ts';
import { findZone } from '../../src/language/zone.ts';

const hourMs = 3_600_000;
const at = (text: string) => Date.parse(text);
const iso = (ms: number | null) => (ms === null ? null : new Date(ms).toISOString().replace(':00.000Z', 'Z'));

function rule(zone: string, window: string | null, yieldBy: string | null = null): NightRule {
  return {
    zone: findZone(zone),
    mayStart: window === null ? null : parseDaySpan(window, '--window'),
    yieldBy: yieldBy === null ? null : parseTimeOfDay(yieldBy, '--yield-by'),
  };
}

function night(asked: NightRule, moment: string) {
  const { opensAt, closesAt, yieldsAt } = findNight(asked, at(moment));
  return {
    opens: iso(opensAt),
    closes: iso(closesAt),
    yields: iso(yieldsAt),
    open: isOpen(findNight(asked, at(moment)), at(moment)),
  };
}

test('a window past midnight is one night, and its time to yield is the morning after', () => {
  const nightly = rule('Europe/Berlin', '22:00-02:00', '08:00');
  const first = { opens: '2026-11-27T21:00Z', closes: '2026-11-28T01:00Z', yields: '2026-11-28T07:00Z' };
  expect(night(nightly, '2026-11-27T12:00Z')).toEqual({ ...first, open: false });
  expect(night(nightly, '2026-11-27T21:00Z')).toEqual({ ...first, open: true });
  expect(night(nightly, '2026-11-28T00:59Z')).toEqual({ ...first, open: true });
});

test('a controller that slept through the start of a night still starts in it, and past its end waits for the next', () => {
  const nightly = rule('UTC', '22:00-02:00', '08:00');
  expect(night(nightly, '2026-11-28T01:30Z')).toMatchObject({ opens: '2026-11-27T22:00Z', open: true });
  expect(night(nightly, '2026-11-28T03:00Z')).toMatchObject({ opens: '2026-11-28T22:00Z', open: false });
});

test('a night on which the clock is set forward has an hour less, and one on which it is set back an hour more', () => {
  const hours = (moment: string) => {
    const { opensAt, yieldsAt } = findNight(rule('Europe/Berlin', '22:00-02:00', '08:00'), at(moment));
    return ((yieldsAt ?? 0) - opensAt) / hourMs;
  };
  expect(hours('2027-03-26T21:00Z')).toBe(10);
  expect(hours('2027-03-27T21:00Z')).toBe(9);
  expect(hours('2027-10-29T20:00Z')).toBe(10);
  expect(hours('2027-10-30T20:00Z')).toBe(11);
});

test('a time that the clock leaves out is the moment at which it is set forward', () => {
  expect(night(rule('Europe/Berlin', '22:00-02:30'), '2027-03-27T21:30Z').closes).toBe('2027-03-28T01:00Z');
  expect(night(rule('America/New_York', '02:30-05:00'), '2027-03-14T05:00Z').opens).toBe('2027-03-14T07:00Z');
  expect(iso(findYield(rule('Europe/Berlin', null, '02:30'), at('2027-03-27T21:00Z')))).toBe('2027-03-28T01:00Z');
});

test('a time that the clock reads twice is the first of the two, so a host is given back in time and a night opens once', () => {
  expect(night(rule('Europe/Berlin', '22:00-02:30'), '2027-10-30T21:00Z').closes).toBe('2027-10-31T00:30Z');
  expect(night(rule('Europe/Berlin', '02:10-02:50'), '2027-10-31T00:55Z')).toMatchObject({
    opens: '2027-11-01T01:10Z',
    open: false,
  });
});

test('a window that the clock leaves out altogether is no night', () => {
  expect(night(rule('Europe/Berlin', '02:10-02:50'), '2027-03-27T23:00Z').opens).toBe('2027-03-29T00:10Z');
});

test('a day that a place has left out, and a clock that is set by half an hour, are told by the same rule', () => {
  expect(night(rule('Pacific/Apia', '22:00-02:00'), '2011-12-30T08:30Z')).toEqual({
    opens: '2011-12-30T08:00Z',
    closes: '2011-12-30T10:00Z',
    yields: null,
    open: true,
  });
  const { opensAt, closesAt } = findNight(rule('Australia/Lord_Howe', '22:00-06:00'), at('2027-10-02T12:00Z'));
  expect((closesAt - opensAt) / hourMs).toBe(7.5);
});

test('without a window it is night at once, until the next time to yield', () => {
  expect(night(rule('UTC', null, '08:00'), '2026-11-28T07:59Z')).toMatchObject({ open: true, yields: '2026-11-28T08:00Z' });
  expect(night(rule('UTC', null, '08:00'), '2026-11-28T08:00Z')).toMatchObject({ open: true, yields: '2026-11-29T08:00Z' });
  expect(findNight(rule('UTC', null), 0)).toEqual({ opensAt: 0, closesAt: Number.POSITIVE_INFINITY, yieldsAt: null });
});

test('nothing starts after the time to yield, though the window would be open', () => {
  expect(night(rule('UTC', '22:00-09:00', '06:00'), '2026-11-28T05:00Z').closes).toBe('2026-11-28T06:00Z');
});

test('what is no time of the day, no window and no zone is refused by name', () => {
  expect(() => parseDaySpan('22:00', '--window')).toThrow(
    '--window: expected two times of the day like 22:00-02:00, got "22:00"',
  );
  expect(() => parseDaySpan('22:00-24:00', '--window')).toThrow('--window: expected a time of the day like 08:00, got "24:00"');
  expect(() => parseDaySpan('08:00-08:00', '--window')).toThrow('begins and ends at the same time');
  expect(() => findZone('Europe/Berln')).toThrow(
    expect.objectContaining({ code: 'time-zone-unknown', suggestions: ['did you mean "Europe/Berlin"?'] }),
  );
});

const zoneNames = Intl.supportedValuesOf('timeZone');
const minutes = fc.integer({ min: 0, max: 24 * 60 - 1 });
const moments = fc
  .integer({ min: at('2015-01-01T00:00Z') / 1000, max: at('2035-01-01T00:00Z') / 1000 })
  .map((seconds) => seconds * 1000);
const zones = fc.constantFrom(...zoneNames);
/** Mostly near a change of the clock, where there is one. */
const changes = zones.chain((name) => moments.map((moment) => ({ name, moment: nearChange(name, moment) })));

function nearChange(name: string, moment: number): number {
  const offset = (ms: number) => Date.parse(`${findZone(name).format(ms).replace(' ', 'T')}Z`) - Math.floor(ms / 60_000) * 60_000;
  for (let day = 0; day < 200; day += 1) {
    const next = moment + day * 24 * hourMs;
    if (offset(next) !== offset(next + 24 * hourMs)) return next + (moment % (24 * hourMs));
  }
  return moment;
}

test('in every zone a time of a day is the first moment at which the clock has come to it', () => {
  fc.assert(
    fc.property(changes, minutes, ({ name, moment }, time) => {
      const zone = findZone(name);
      const day = zone.dayOf(moment);
      const found = zone.momentOf(day, time);
      const wall = new Date(Date.UTC(day.year, day.month - 1, day.day) + time * 60_000)
        .toISOString()
        .slice(0, 16)
        .replace('T', ' ');
      expect(zone.format(found) >= wall).toBe(true);
      for (let back = 1; back < 26 * 60; back += 13) expect(zone.format(found - back * 60_000) < wall).toBe(true);
    }),
    { numRuns: 300 },
  );
});

test('in every zone nights follow each other without overlap, hold the moment that was asked about or come after it, and yield after they close', () => {
  fc.assert(
    fc.property(changes, minutes, minutes, fc.option(minutes), ({ name, moment }, from, to, yieldBy) => {
      fc.pre(from !== to);
      const asked = { zone: findZone(name), mayStart: { from, to }, yieldBy };
      const first = findNight(asked, moment);
      const second = findNight(asked, first.closesAt);
      expect(first.opensAt).toBeLessThan(first.closesAt);
      expect(moment).toBeLessThan(first.closesAt);
      expect(first.closesAt).toBeLessThanOrEqual(second.opensAt);
      expect(first.closesAt).toBeLessThanOrEqual(first.yieldsAt ?? Number.POSITIVE_INFINITY);
      if (isOpen(first, moment)) expect(findNight(asked, first.opensAt)).toEqual(first);
      else expect(findNight(asked, first.opensAt - 1).opensAt).toBeLessThanOrEqual(first.opensAt);
    }),
    { numRuns: 300 },
  );
});
