import { readPlan } from '../engine/read-plan.ts';
import type { EntryRecord } from '../store/queue-records.ts';
import type { RunRecord } from '../store/records.ts';
import { holdOverspent, secondsOfBudget } from './budget.ts';
import { decideQueue } from './decide.ts';
import { markYielding, type YieldingRun } from './mark-yielding.ts';
import { haltSeconds } from './night-plan.ts';
import type { QueueParts } from './parts.ts';
import { readScene } from './read-scene.ts';
import { addDue } from './schedules/add-due.ts';
import { settleEntry, stopsOthers, type RunFacts } from './settle-entry.ts';
import { startEntry } from './start-entry.ts';

/** What is to be done with the runs of the queue after a look at it. */
export interface Looked {
  /** Those that are to be driven. */
  runs: string[];
  /** Those whose time to yield has come, or whose budget is used up: they are to be halted. */
  yielding: YieldingRun[];
}

/** One look: what has ended is settled, what is due is added, and what can start has its run. */
export async function lookAtQueue(parts: QueueParts): Promise<Looked> {
  settleEntries(parts);
  holdOverspent(parts);
  await addDue(parts);
  for (const decision of decideQueue(readScene(parts.store, parts.clock.now()))) {
    if (decision.kind === 'start') await startEntry(parts, decision.entry, decision.yieldsAt);
    if (decision.kind === 'never') endNever(parts, decision.entry, decision.reason);
  }
  const running = parts.store.runningEntries();
  return {
    runs: running.flatMap(({ runs }) => runs.slice(-1)),
    yielding: running.flatMap((entry) => markYielding(parts, entry) ?? []),
  };
}

function settleEntries(parts: QueueParts): void {
  const { store } = parts;
  for (const entry of store.runningEntries()) {
    const run = store.readRun(entry.runs.at(-1) ?? '');
    if (run !== null) settleByRun(parts, entry, run);
  }
}

/** What a failure means for the others of its batch is one write with it. */
function settleByRun(parts: QueueParts, entry: EntryRecord, run: RunRecord): void {
  const { store, tell } = parts;
  const change = settleEntry(entry, run, readFacts(parts, entry, run));
  if (change === null) return;
  const because = `entry ${entry.id} of its sweep has failed`;
  const held = store.together(() => {
    if (!store.changeEntry(entry.id, change)) return null;
    return stopsOthers(entry, run, change) ? store.holdBatch(entry.batch, because) : [];
  });
  if (held === null) return;
  const text = `${entry.name}: ${change.to}${change.reason === null ? '' : `, ${change.reason}`}`;
  tell({ text, entry: entry.id, trouble: change.to === 'failed' });
  for (const id of held) tell({ text: `entry ${id} is held: ${because}`, entry: id, trouble: true });
}

function readFacts({ store, clock }: QueueParts, { budget, batch }: EntryRecord, run: RunRecord): RunFacts {
  const now = clock.now();
  const { playbook } = readPlan(run.plan);
  return {
    now,
    failure: store.readTries(run.id).at(-1)?.ending?.failure ?? null,
    ladder: playbook.ladder ?? null,
    isBudgetUsed: budget !== null && secondsOfBudget(budget, store.readSpent(batch, now)) <= haltSeconds(playbook),
  };
}

function endNever(parts: QueueParts, entry: EntryRecord, reason: string): void {
  const from = ['waiting', 'held'] as const;
  if (parts.store.changeEntry(entry.id, { from, to: 'failed', reason, at: parts.clock.now() }))
    parts.tell({ text: `${entry.name}: failed, ${reason}`, entry: entry.id, trouble: true });
}
