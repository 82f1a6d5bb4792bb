import { usageError } from '../../errors.ts';

/** Between two times of the day, in minutes after midnight. One that ends before it begins ends on the next day. */
export interface DaySpan {
  from: number;
  to: number;
}

export const minutesOfDay = 24 * 60;

const time = /^([01]?\d|2[0-3]):([0-5]\d)$/;

/** `22:00`. `what` names it when it is refused. */
export function parseTimeOfDay(text: string, what: string): number {
  const [, hours, minutes] = time.exec(text.trim()) ?? [];
  if (hours === undefined || minutes === undefined)
    throw usageError('usage', `${what}: expected a time of the day like 08:00, got "${text}"`);
  return Number(hours) * 60 + Number(minutes);
}

/** `22:00-02:00`. */
export function parseDaySpan(text: string, what: string): DaySpan {
  const [from, to, ...more] = text.split('-');
  if (from === undefined || to === undefined || more.length > 0)
    throw usageError('usage', `${what}: expected two times of the day like 22:00-02:00, got "${text}"`);
  const span = { from: parseTimeOfDay(from, what), to: parseTimeOfDay(to, what) };
  if (span.from === span.to)
    throw usageError('usage', `${what}: it begins and ends at the same time, "${text}"`, [
      'leave it out to start at any time of the day',
    ]);
  return span;
}

export function formatTimeOfDay(minutes: number): string {
  return `${pad(Math.floor(minutes / 60))}:${pad(minutes % 60)}`;
}

export function formatDaySpan({ from, to }: DaySpan): string {
  return `${formatTimeOfDay(from)}-${formatTimeOfDay(to)}`;
}

function pad(number: number): string {
  return String(number).padStart(2, '0');
}
