import { usageError } from '../../errors.ts';
import { findUsedUp } from '../../queue/budget.ts';
import type { EntryChange, EntryRecord, EntryState } from '../../store/queue-records.ts';
import type { Store } from '../../store/store.ts';
import type { Context } from '../context.ts';
import { describeQueue, type EntryDocument } from './entry-document.ts';
import { findEntry } from './find-entry.ts';

/** What a person does to entries that do not run. */
export interface ChangeOfEntry {
  verb: string;
  from: readonly EntryState[];
  to: EntryState;
  reason: string | null;
}

export const hold: ChangeOfEntry = { verb: 'hold', from: ['waiting'], to: 'held', reason: null };
export const release: ChangeOfEntry = { verb: 'release', from: ['held'], to: 'waiting', reason: null };
export const remove: ChangeOfEntry = { verb: 'remove', from: ['waiting', 'held'], to: 'removed', reason: 'removed by a person' };
export const retry: ChangeOfEntry = { verb: 'retry', from: ['failed', 'removed'], to: 'waiting', reason: 'tried again' };

/** All of them, or none: the first one in another state is told. */
export async function changeEntries(
  context: Context,
  prefixes: readonly string[],
  change: ChangeOfEntry,
): Promise<EntryDocument[]> {
  if (prefixes.length === 0) throw usageError('usage', `fleet queue ${change.verb}: expected an ENTRY`, ['fleet queue list']);
  const store = await context.openStore();
  const at = context.clock.now();
  const entries = prefixes.map((prefix) => findEntry(store, prefix));
  const { from, to, reason } = change;
  const written: EntryChange = { from, to, reason, at, notBefore: null, yielding: null };
  store.together(() => {
    for (const entry of entries) {
      const freed = to === 'waiting' && isOverspent(store, entry, at) ? { budget: null } : {};
      if (!store.changeEntry(entry.id, { ...written, ...freed })) throw refuse(store.readEntry(entry.id), change);
    }
  });
  const ids = new Set(entries.map(({ id }) => id));
  return describeQueue(store, at, null).filter(({ id }) => ids.has(id));
}

/** Whoever lets an entry go whose budget is used up wants it beyond the budget: else the next look would hold it again. */
function isOverspent(store: Store, entry: EntryRecord, now: number): boolean {
  return entry.yielding === 'budget' || findUsedUp(store, entry, { now, neededSeconds: 0 }) !== null;
}

function refuse(entry: EntryRecord | null, { verb, from }: ChangeOfEntry): Error {
  const run = entry?.runs.at(-1);
  const hint = entry?.state === 'running' && run !== undefined ? [`fleet halt ${run} ends its run`] : ['fleet queue list'];
  return usageError(
    'entry-state',
    `fleet queue ${verb}: entry ${entry?.id ?? ''} is ${entry?.state ?? 'gone'}, expected ${from.join(' or ')}`,
    hint,
  );
}
