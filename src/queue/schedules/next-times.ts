import { Cron } from 'croner';
import { messageOf, usageError } from '../../errors.ts';
import { findZone } from '../../language/zone.ts';

/** The times of a cron expression in a zone, after a moment. A time that the clock leaves out comes when it is set, one that it reads twice comes once. */
export interface CronTimes {
  /** At most `count`, the earliest first. */
  after(at: number, count: number): number[];
  /** Those after `from`, up to and with `to`: the last `most` of them. */
  between(from: number, to: number, most: number): number[];
}

const shortestSpanMs = 60_000;

/** Five fields, or six with seconds in front; or `@daily` and the like. Any other text, and one whose time never comes, is refused. */
export function readCron(expression: string, zone: string): CronTimes {
  const cron = openCron(expression, findZone(zone).name);
  const after = (at: number, count: number) => cron.nextRuns(count, new Date(at)).map((time) => time.getTime());
  if (after(0, 1).length === 0) throw usageError('cron-invalid', `--cron: "${expression}" never comes`);
  return {
    after,
    between: (from, to, most) => {
      const walk = (start: number) => {
        const found: number[] = [];
        for (let next = after(start, 1)[0]; next !== undefined && next <= to; next = after(next, 1)[0]) found.push(next);
        return found;
      };
      const [first] = after(from, 1);
      if (first === undefined || first > to) return [];
      // Years of minutes are not walked through: it is gone back until there are enough.
      for (let span = shortestSpanMs; ; span *= 2) {
        const start = Math.max(from, to - span);
        const found = walk(start);
        if (found.length >= most || start === from) return found.slice(-most);
      }
    },
  };
}

function openCron(expression: string, timezone: string): Cron {
  try {
    return new Cron(expression, { paused: true, timezone });
  } catch (error) {
    throw usageError('cron-invalid', `--cron: "${expression}" cannot be read: ${messageOf(error)}`, [
      'minute hour day month weekday, as in "0 22 * * *": every day at 22:00',
    ]);
  }
}
