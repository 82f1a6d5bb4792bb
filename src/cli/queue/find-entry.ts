import { usageError } from '../../errors.ts';
import type { EntryRecord } from '../../store/queue-records.ts';
import type { Store } from '../../store/store.ts';
import { printable } from '../render/printable.ts';

const shown = 10;

/** The entry whose id starts with `prefix`. */
export function findEntry(store: Store, prefix: string): EntryRecord {
  const [entry, ...others] = store.findEntries(prefix);
  if (entry === undefined)
    throw usageError('entry-not-found', `no entry of the queue has an id that starts with "${printable(prefix)}"`, [
      'fleet queue list --all',
    ]);
  if (others.length === 0 || entry.id === prefix) return entry;
  throw usageError(
    'entry-ambiguous',
    `${others.length + 1} entries of the queue have an id that starts with "${printable(prefix)}"`,
    [entry, ...others].slice(0, shown).map(({ id, name, state }) => `${id} (${name}, ${state})`),
  );
}
