import type { EntryChange, EntryRecord } from '../store/queue-records.ts';
import type { Store } from '../store/store.ts';

/** Lands only while the entry has the run that it was read with: a process that was stopped since then, and replaced, may be late by a night. */
export function changeAsRead(store: Store, { id, runs }: EntryRecord, change: EntryChange): boolean {
  return store.together(() => store.readEntry(id)?.runs.at(-1) === runs.at(-1) && store.changeEntry(id, change));
}
