import type { Store } from '../store/store.ts';

/** Whether a run came as far as its job. */
export function hadJob(store: Store, run: string): boolean {
  return typeof store.readRun(run)?.startedAt === 'number';
}
