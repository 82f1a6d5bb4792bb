const dayMs = 86_400_000;

/** `Sat 28 Nov, 03:12 CET`. */
export function formatLocal(ms: number, timeZone: string): string {
  const options = { weekday: 'short', day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit' } as const;
  return new Intl.DateTimeFormat('en-GB', { ...options, timeZone, timeZoneName: 'short' }).format(ms);
}

/** The date there, `2026-11-28`. */
export function localDate(ms: number, timeZone: string): string {
  const { year, month, day } = partsOf(ms, timeZone);
  return [year, month, day].map((part) => String(part).padStart(2, '0')).join('-');
}

/** The last time at or before `ms` at which clocks there showed `time`. One that a clock change leaves out is an hour late. */
export function lastTimeOfDay(ms: number, time: string, timeZone: string): number {
  const [hour = 0, minute = 0] = time.split(':').map(Number);
  const { year, month, day } = partsOf(ms, timeZone);
  const today = Date.UTC(year, month - 1, day, hour, minute);
  return [today, today - dayMs, today - 2 * dayMs].map((wanted) => fromLocal(wanted, timeZone)).find((at) => at <= ms) ?? ms;
}

/** `local` is what a clock there shows, counted as if it were one of UTC. Of two times that show the same, the earlier one. */
function fromLocal(local: number, timeZone: string): number {
  const before = local - offsetAt(local - dayMs, timeZone);
  const after = local - offsetAt(local + dayMs, timeZone);
  return [before, after].find((at) => at + offsetAt(at, timeZone) === local) ?? before;
}

function offsetAt(ms: number, timeZone: string): number {
  const { year, month, day, hour, minute, second } = partsOf(ms, timeZone);
  return Date.UTC(year, month - 1, day, hour, minute, second) - Math.floor(ms / 1000) * 1000;
}

function partsOf(ms: number, timeZone: string) {
  const numeric = {
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  } as const;
  const parts = new Intl.DateTimeFormat('en-US', { ...numeric, hourCycle: 'h23', timeZone }).formatToParts(ms);
  const read = (type: Intl.DateTimeFormatPartTypes) => Number(parts.find((part) => part.type === type)?.value ?? 0);
  return {
    year: read('year'),
    month: read('month'),
    day: read('day'),
    hour: read('hour'),
    minute: read('minute'),
    second: read('second'),
  };
}
