import { findZone } from '../../language/zone.ts';
import type { ScheduleDocument } from '../queue/schedules.ts';
import type { Screen } from '../screen.ts';
import { printable, wrap } from './printable.ts';

export interface SchedulesDocument {
  schedules: ScheduleDocument[];
}

/** What each does, and the next times, as the clock on the wall reads there. */
export function renderSchedules({ schedules }: SchedulesDocument, screen: Screen): string[] {
  if (schedules.length === 0) return ['there is no schedule'];
  return schedules.flatMap(({ name, cron, zone, words, catchUp, overlap, next }) => [
    `${name}: ${cron} ${zone}, catch-up ${catchUp}, overlap ${overlap}`,
    ...wrap(`  fleet ${printable(words.join(' '))}`, screen.width),
    `  next: ${next.map((time) => findZone(zone).format(Date.parse(time))).join(', ')}`,
  ]);
}
