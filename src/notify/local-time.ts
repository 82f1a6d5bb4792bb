import { findZone } from '../language/zone.ts';

/** `Sat 28 Nov, 03:12 CET`. */
export function formatLocal(ms: number, timeZone: string): string {
  const options = { weekday: 'short', day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit' } as const;
  return new Intl.DateTimeFormat('en-GB', { ...options, timeZone, timeZoneName: 'short' }).format(ms);
}

/** The date there, `2026-11-28`. */
export function localDate(ms: number, timeZone: string): string {
  return findZone(timeZone).format(ms).slice(0, 10);
}

/** The last time at or before `ms` at which clocks there came to `time`. */
export function lastTimeOfDay(ms: number, time: string, timeZone: string): number {
  const zone = findZone(timeZone);
  const [hours = 0, minutes = 0] = time.split(':').map(Number);
  const today = zone.dayOf(ms);
  const times = [0, 1, 2].map((days) => zone.momentOf({ ...today, day: today.day - days }, hours * 60 + minutes));
  return times.find((at) => at <= ms) ?? ms;
}
