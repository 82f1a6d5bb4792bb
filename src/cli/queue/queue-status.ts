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
  const counts = store.countEntries();
  const holder = store.queueHolder(moment);
  return {
    waiting: counts.get('waiting') ?? 0,
    held: counts.get('held') ?? 0,
    running: counts.get('running') ?? 0,
    schedules: store.listSchedules().length,
    daemon: holder === null ? null : describeHolder(holder),
  };
}

function describeHolder({ what, owner: { user, host, pid }, since, lookedAt }: NonNullable<ReturnType<Store['queueHolder']>>) {
  return { what, user, host, pid, since: rfc3339(since), lookedAt: rfc3339(lookedAt) };
}
