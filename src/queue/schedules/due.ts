import type { CatchUp, ScheduleRecord } from '../../store/queue-records.ts';
import { readCron } from './next-times.ts';

/** Somebody who looks every few seconds is never so late. */
const lateMs = 15 * 60_000;
/** Of years that nobody was there no more than this is made up for. */
const mostTimes = 100;

export interface Due {
  times: number[];
  /** Everything up to this time has been looked at. */
  seenTo: number;
}

/**
 * The times of a schedule that are to be answered now. A time is missed when nobody was there within a quarter of an hour: with `skip` nothing is done
 * about it, with `once` one for all that were missed, with `all` one for each, up to a hundred.
 */
export function findDue({ cron, zone, catchUp, seenTo }: ScheduleRecord, now: number): Due {
  const times = readCron(cron, zone).between(seenTo, now, mostTimes);
  return { times: chooseDue(times, catchUp, now), seenTo: times.at(-1) ?? seenTo };
}

function chooseDue(times: number[], catchUp: CatchUp, now: number): number[] {
  const last = times.at(-1);
  if (last === undefined) return [];
  switch (catchUp) {
    case 'all':
      return times;
    case 'once':
      return [last];
    case 'skip':
      return now - last < lateMs ? [last] : [];
  }
}
