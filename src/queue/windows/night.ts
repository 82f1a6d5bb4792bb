import type { CalendarDay, Zone } from '../../language/zone.ts';
import { minutesOfDay, type DaySpan } from './time-of-day.ts';

/** When a run may start, and by when it must have left its host again. Two settings: a start at 01:59 may be wanted to run until 08:00. */
export interface NightRule {
  zone: Zone;
  /** Null: at any time. */
  mayStart: DaySpan | null;
  /** Minutes after midnight; null: never. */
  yieldBy: number | null;
}

/** One time of the window: a start at `opensAt` or later, before `closesAt`, is inside. Null `yieldsAt`: it may run for ever. */
export interface Night {
  opensAt: number;
  closesAt: number;
  yieldsAt: number | null;
}

/**
 * The night that a start at this moment would be in, else the next one. Where there is no window it is always night: from now until the time to
 * yield. A night of which the clock, set forward, leaves nothing is none.
 */
export function findNight(rule: NightRule, at: number): Night {
  const { zone, mayStart } = rule;
  if (mayStart === null) return anyTime(rule, at);
  const today = zone.dayOf(at);
  for (const days of daysAround) {
    const night = nightOf(rule, mayStart, { ...today, day: today.day + days });
    if (at < night.closesAt && night.opensAt < night.closesAt) return night;
  }
  throw new Error(`no window of ${zone.name} opens in the week after ${new Date(at).toISOString()}`);
}

/** Yesterday's may still be open, and today's may be over or left out by the clock. */
const daysAround = [-1, 0, 1, 2, 3, 4, 5, 6];

export function isOpen(night: Night, at: number): boolean {
  return night.opensAt <= at && at < night.closesAt;
}

/** When what runs now must be gone: the first time to yield after it began. Null: never. */
export function findYield({ zone, yieldBy }: Pick<NightRule, 'zone' | 'yieldBy'>, startedAt: number): number | null {
  return yieldBy === null ? null : momentAfter(zone, zone.dayOf(startedAt), yieldBy, startedAt);
}

function anyTime(rule: NightRule, at: number): Night {
  const yieldsAt = findYield(rule, at);
  return { opensAt: at, closesAt: yieldsAt ?? Number.POSITIVE_INFINITY, yieldsAt };
}

function nightOf(rule: NightRule, { from, to }: DaySpan, day: CalendarDay): Night {
  const { zone } = rule;
  const opensAt = zone.momentOf(day, from);
  const closesAt = zone.momentOf(day, to < from ? to + minutesOfDay : to);
  const yieldsAt = rule.yieldBy === null ? null : momentAfter(zone, day, rule.yieldBy, opensAt);
  return { opensAt, closesAt: Math.min(closesAt, yieldsAt ?? closesAt), yieldsAt };
}

/** The first time after `after` at which the clock comes to `minutes`, from this day on. */
function momentAfter(zone: Zone, day: CalendarDay, minutes: number, after: number): number {
  for (let days = 0; ; days += 1) {
    const at = zone.momentOf({ ...day, day: day.day + days }, minutes);
    if (at > after) return at;
  }
}
