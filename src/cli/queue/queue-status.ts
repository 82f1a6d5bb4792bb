import { rfc3339, type Moment } from '../../clock.ts';
import type { Store } from '../../store/store.ts';

/** How many entries there are, and who sees to them. */
export interface QueueStatus {
  waiting: number;
  held: number;
  running: number;
  schedules: number;
  /** Null: nobody does. */
  daemon: { what: string; user: string; host: string; pid: number; since: string; lookedAt: string } | null;
}

export function readQueueStatus(store: Store, moment: Moment): QueueStatus {
  const states = store.listEntries(Number.POSITIVE_INFINITY).map(({ state }) => state);
  const count = (wanted: string) => states.filter((state) => state === wanted).length;
  const holder = store.queueHolder(moment);
  return {
    waiting: count('waiting'),
    held: count('held'),
    running: count('running'),
    schedules: store.listSchedules().length,
    daemon: holder === null ? null : describeHolder(holder),
  };
}

function describeHolder({ what, owner: { user, host, pid }, since, lookedAt }: NonNullable<ReturnType<Store['queueHolder']>>) {
  return { what, user, host, pid, since: rfc3339(since), lookedAt: rfc3339(lookedAt) };
}
