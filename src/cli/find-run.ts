import { usageError } from '../errors.ts';
import type { RunRecord } from '../store/records.ts';
import type { Store } from '../store/store.ts';
import type { Context } from './context.ts';
import { printable } from './render/printable.ts';

const shownRuns = 10;

/** The run whose id starts with `prefix`, and the store that holds it. */
export async function findRun(context: Context, prefix: string): Promise<{ store: Store; run: RunRecord }> {
  const store = await context.openStoreToLook();
  const [run, ...others] = prefix === '' ? [] : (store?.findRuns(prefix) ?? []);
  if (store === null || run === undefined) {
    throw usageError('run-not-found', `no run has an id that starts with "${printable(prefix)}"`, ['fleet status --all']);
  }
  if (others.length === 0) return { store, run };
  throw usageError(
    'run-ambiguous',
    `${others.length + 1} runs have an id that starts with "${printable(prefix)}"`,
    [run, ...others].slice(0, shownRuns).map(({ id, playbook, state }) => `${id} (${playbook}, ${state})`),
  );
}
