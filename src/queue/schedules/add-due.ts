import { mayMend } from '../../engine/keep-lease.ts';
import { messageOf } from '../../errors.ts';
import type { NewEntry, ScheduleRecord } from '../../store/queue-records.ts';
import type { QueueParts } from '../parts.ts';
import { findDue } from './due.ts';

/** Adds what the schedules say. What the times bring and that they were seen to are one write: none is answered twice, whatever dies in between. */
export async function addDue(parts: QueueParts): Promise<void> {
  for (const schedule of parts.store.listSchedules()) {
    const { times, seenTo } = findDue(schedule, parts.clock.now());
    if (seenTo === schedule.seenTo) continue;
    const entries = times.length === 0 ? [] : await planTimes(parts, schedule, times.length);
    const { store } = parts;
    const isOurs = store.together(() => {
      if (!store.recordSeenTo(schedule.name, schedule.seenTo, seenTo)) return false;
      store.addEntries(entries);
      return true;
    });
    if (isOurs) for (const { id, name } of entries) parts.tell({ text: `schedule ${schedule.name} adds ${name}`, entry: id });
  }
}

/** Nothing while what it added before is not over, where it is not to wait behind that. */
async function planTimes(parts: QueueParts, schedule: ScheduleRecord, times: number): Promise<NewEntry[]> {
  const open = parts.store.listEntries(Number.POSITIVE_INFINITY).filter((entry) => entry.schedule === schedule.name);
  if (schedule.overlap === 'skip' && open.length > 0) {
    parts.tell({
      text: `schedule ${schedule.name} adds nothing: ${open[0]?.name ?? ''} of an earlier time is ${open[0]?.state ?? ''}`,
    });
    return [];
  }
  try {
    const planned = await Promise.all(Array.from({ length: times }, () => parts.planSchedule(schedule)));
    return planned.flat();
  } catch (error) {
    if (mayMend(error)) throw error;
    parts.tell({ text: `schedule ${schedule.name} adds nothing: ${messageOf(error)}`, trouble: true });
    return [];
  }
}
