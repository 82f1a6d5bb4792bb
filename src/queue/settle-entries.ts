import { isWhole } from '../engine/checkpoints/rules.ts';
import { readPlan } from '../engine/read-plan.ts';
import type { EntryRecord } from '../store/queue-records.ts';
import type { RunRecord } from '../store/records.ts';
import type { Store } from '../store/store.ts';
import { findUsedUp } from './budget.ts';
import { changeAsRead } from './change-as-read.ts';
import { hadJob } from './had-job.ts';
import { haltSeconds } from './night-plan.ts';
import type { QueueParts } from './parts.ts';
import { settleEntry, stopsOthers, type RunFacts } from './settle-entry.ts';

/** What becomes of the entries whose runs have ended, and of those that were added with them. */
export function settleEntries(parts: QueueParts): void {
  const { store } = parts;
  for (const entry of store.runningEntries()) {
    const run = store.readRun(entry.runs.at(-1) ?? '');
    if (run !== null) settleByRun(parts, entry, run);
  }
}

/** What a failure means for the others of its batch is one write with it. */
function settleByRun(parts: QueueParts, entry: EntryRecord, run: RunRecord): void {
  const { store } = parts;
  const change = settleEntry(entry, run, readFacts(parts, entry, run));
  if (change === null) return;
  const because = `entry ${entry.id} of its sweep has failed`;
  const held = store.together(() => {
    if (!changeAsRead(store, entry, change)) return null;
    return stopsOthers(entry, run, change) ? store.holdBatch(entry.batch, because, change.at) : [];
  });
  if (held === null) return;
  const text = `${entry.name}: ${change.to}${change.reason === null ? '' : `, ${change.reason}`}`;
  parts.tell({ text, entry: entry.id, trouble: change.to === 'failed' });
  for (const id of held) parts.tell({ text: `entry ${id} is held: ${because}`, entry: id, trouble: true });
}

function readFacts({ store, clock }: QueueParts, entry: EntryRecord, run: RunRecord): RunFacts {
  const now = clock.now();
  const { playbook } = readPlan(run.plan);
  return {
    now,
    failure: store.readTries(run.id).at(-1)?.ending?.failure ?? null,
    ladder: playbook.ladder ?? null,
    isBudgetUsed: findUsedUp(store, entry, { now, neededSeconds: haltSeconds(playbook) }) !== null,
    triesInVain: countInVain(store, entry),
    withoutCheckpoint: countWithoutCheckpoint(store, entry),
  };
}

function countInVain(store: Store, { runs }: EntryRecord): number {
  return runs.length - 1 - runs.findLastIndex((id) => hadJob(store, id));
}

/** Of those that had a job, and the params of now. */
function countWithoutCheckpoint(store: Store, { runs, runsBefore }: EntryRecord): number {
  const begun = runs.slice(runsBefore).filter((id) => hadJob(store, id));
  return begun.length - 1 - begun.findLastIndex((id) => store.readCheckpoints(id).some(isWhole));
}
