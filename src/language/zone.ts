import { suggestName } from './check-schema.ts';
import { FleetError, usageError } from '../errors.ts';

/** A day of the calendar. `day` may lie outside the month: the 32nd of January is the 1st of February. */
export interface CalendarDay {
  year: number;
  /** From 1. */
  month: number;
  day: number;
}

/** A place's clock on the wall. */
export interface Zone {
  name: string;
  dayOf(at: number): CalendarDay;
  /**
   * The first moment at which the clock on the wall reads this time of that day, or is already past it. One that it reads twice, when it is set back,
   * is the first of the two; one that it leaves out, when it is set forward, is the moment at which it is set.
   */
  momentOf(day: CalendarDay, minutes: number): number;
  /** `2027-03-28 03:00`, as the clock on the wall reads. */
  format(at: number): string;
}

const unknownZone = 'time-zone-unknown';
const minuteMs = 60_000;
const dayMs = 24 * 60 * minuteMs;
const rememberedMoments = 1_000;
const zones = new Map<string, Zone>();

/** A zone by its name in the tz database, `Europe/Berlin`; any other name is refused. */
export function findZone(name: string): Zone {
  const known = zones.get(name);
  if (known !== undefined) return known;
  const zone = makeZone(name);
  zones.set(name, zone);
  return zone;
}

export function isZone(name: string): boolean {
  try {
    findZone(name);
    return true;
  } catch (error) {
    if (error instanceof FleetError && error.code === unknownZone) return false;
    throw error;
  }
}

/** Where this computer is. */
export function localZoneName(): string {
  return new Intl.DateTimeFormat().resolvedOptions().timeZone;
}

function makeZone(name: string): Zone {
  const read = openClock(name);
  const offsetAt = (at: number) => read(at) - Math.floor(at / 1000) * 1000;
  return {
    name,
    dayOf: (at) => {
      const wall = new Date(read(at));
      return { year: wall.getUTCFullYear(), month: wall.getUTCMonth() + 1, day: wall.getUTCDate() };
    },
    momentOf: ({ year, month, day }, minutes) => {
      const wall = Date.UTC(year, month - 1, day) + minutes * minuteMs;
      // No clock is set twice within two days.
      const offsets = [...new Set([offsetAt(wall - dayMs), offsetAt(wall + dayMs)])];
      const moments = offsets.map((offset) => wall - offset).filter((at) => read(at) === wall);
      return moments.length > 0 ? Math.min(...moments) : findChange(wall, offsets, read);
    },
    format: (at) => new Date(read(at)).toISOString().slice(0, 16).replace('T', ' '),
  };
}

/** When the clock is set past a time that it never reads. */
function findChange(wall: number, offsets: readonly number[], read: (at: number) => number): number {
  let before = wall - Math.max(...offsets) - 1000;
  let after = wall - Math.min(...offsets);
  while (after - before > 1000) {
    const middle = before + Math.floor((after - before) / 2000) * 1000;
    if (read(middle) < wall) before = middle;
    else after = middle;
  }
  return after;
}

/** What the clock on the wall reads, counted as if it were in UTC, in whole seconds. Thousands of entries ask about the same few moments. */
function openClock(name: string): (at: number) => number {
  const format = openFormat(name);
  const known = new Map<number, number>();
  return (at) => {
    const found = known.get(at) ?? readClock(format, at);
    if (known.size >= rememberedMoments) known.clear();
    known.set(at, found);
    return found;
  };
}

function readClock(format: Intl.DateTimeFormat, at: number): number {
  const parts = new Map(format.formatToParts(at).map(({ type, value }) => [type, Number(value)]));
  const part = (type: Intl.DateTimeFormatPartTypes) => parts.get(type) ?? 0;
  return Date.UTC(part('year'), part('month') - 1, part('day'), part('hour'), part('minute'), part('second'));
}

function openFormat(name: string): Intl.DateTimeFormat {
  const digits = 'numeric';
  try {
    return new Intl.DateTimeFormat('en-u-ca-iso8601', {
      timeZone: name,
      hourCycle: 'h23',
      year: digits,
      month: digits,
      day: digits,
      hour: digits,
      minute: digits,
      second: digits,
    });
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    const nearest = suggestName(name, Intl.supportedValuesOf('timeZone'));
    throw usageError(unknownZone, `there is no time zone "${name}": expected a name like Europe/Berlin`, [
      nearest ?? 'timedatectl list-timezones lists them',
    ]);
  }
}
