import { resolve } from 'node:path';
import { Context } from '../../src/cli/context.ts';
import { parseAddWords } from '../../src/cli/queue/add-flags.ts';
import { planEntries } from '../../src/cli/queue/plan-entries.ts';
import { momentOf, systemClock } from '../../src/clock.ts';
import type { Outcome } from '../../src/lifecycle/states.ts';
import { readOwner } from '../../src/store/owner.ts';
import type { NewEntry } from '../../src/store/queue-records.ts';
import type { Store } from '../../src/store/store.ts';

/** The entries that `fleet queue add` makes of these words, added at a moment of the test's. `folder`: where they are said. */
export async function addAsTyped(store: Store, typed: string, addedAt: number, folder = resolve('.')): Promise<NewEntry[]> {
  const context = new Context({ environment: {}, inventories: [] });
  const words = await parseAddWords(typed.split(' '));
  const { entries } = await planEntries(context, words, { schedule: null, folder });
  const added = entries.map((entry) => ({ ...entry, addedAt }));
  store.addEntries(added);
  return added;
}

/** As whoever drives it would. */
export function endRun(store: Store, id: string, { result = 'succeeded', reason = null }: Partial<Outcome> = {}): void {
  const run = store.readRun(id);
  const answer = store.takeLease(id, readOwner(), { ttlMs: 60_000, takeOver: true, ...momentOf(systemClock) });
  if (run === null || !answer.taken || run.outcome !== null) throw new Error(`run ${id} cannot be ended`);
  const outcome = { result, reason, exitCode: null, degraded: false };
  const event = { at: 1, kind: 'state', text: result };
  store.transition(answer.lease, { from: [run.state as 'queued'], to: result, event, outcome });
  store.releaseLease(answer.lease);
}
