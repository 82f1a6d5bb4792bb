import { holdOverspent } from './budget.ts';
import { decideQueue } from './decide.ts';
import { markYielding, type YieldingRun } from './mark-yielding.ts';
import type { QueueParts } from './parts.ts';
import { readScene } from './read-scene.ts';
import { addDue } from './schedules/add-due.ts';
import { settleEntries } from './settle-entries.ts';
import { startEntry } from './start-entry.ts';

/** What is to be done with the runs of the queue after a look at it. */
export interface Looked {
  /** Those that are to be driven. */
  runs: string[];
  /** Those whose time to yield has come, or whose budget is used up: they are to be halted. */
  yielding: YieldingRun[];
  /** Whether an entry that was to start did not, or one has failed: the next look may find another in its place. */
  hasMadeRoom: boolean;
}

/** One look: what has ended is settled, what is due is added, and what can start has its run. */
export async function lookAtQueue(parts: QueueParts): Promise<Looked> {
  settleEntries(parts);
  holdOverspent(parts);
  await addDue(parts);
  let hasMadeRoom = false;
  for (const decision of decideQueue(readScene(parts.store, parts.clock.now()))) {
    if (decision.kind === 'start' && (await startEntry(parts, decision.entry.id, decision.yieldsAt)) === null) hasMadeRoom = true;
    if (decision.kind === 'never') {
      endNever(parts, decision.entry.id, decision.reason);
      hasMadeRoom = true;
    }
  }
  const running = parts.store.runningEntries();
  return {
    runs: running.flatMap(({ runs }) => runs.slice(-1)),
    yielding: running.flatMap((entry) => markYielding(parts, entry) ?? []),
    hasMadeRoom,
  };
}

function endNever(parts: QueueParts, id: string, reason: string): void {
  const { store, clock } = parts;
  const from = ['waiting', 'held'] as const;
  if (store.changeEntry(id, { from, to: 'failed', reason, at: clock.now() }))
    parts.tell({ text: `${store.readEntry(id)?.name ?? ''}: failed, ${reason}`, entry: id, trouble: true });
}
