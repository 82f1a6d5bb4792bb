import { readPlan } from '../engine/read-plan.ts';
import { isResult } from '../lifecycle/states.ts';
import type { EntryRecord } from '../store/queue-records.ts';
import { decideQueue } from './decide.ts';
import { haltSeconds } from './night-plan.ts';
import type { QueueParts } from './parts.ts';
import { readScene } from './read-scene.ts';
import { addDue } from './schedules/add-due.ts';
import { settleEntry } from './settle-entry.ts';
import { startEntry } from './start-entry.ts';
import { findZone } from './windows/zone.ts';

/** What is to be done with the runs of the queue after a look at it. */
export interface Looked {
  /** Those that are to be driven. */
  runs: string[];
  /** Those whose time to yield has come: they are to be halted. */
  yielding: { run: string; reason: string }[];
}

/** One look: what has ended is settled, what is due is added, and what can start has its run. */
export async function lookAtQueue(parts: QueueParts): Promise<Looked> {
  settleEntries(parts);
  await addDue(parts);
  for (const decision of decideQueue(readScene(parts.store, parts.clock.now()))) {
    if (decision.kind === 'start') await startEntry(parts, decision.entry.id, decision.yieldsAt);
    if (decision.kind === 'never') endNever(parts, decision.entry.id, decision.reason);
  }
  const running = parts.store.runningEntries();
  return {
    runs: running.flatMap(({ runs }) => runs.slice(-1)),
    yielding: running.flatMap((entry) => markYielding(parts, entry)),
  };
}

function settleEntries(parts: QueueParts): void {
  const { store, clock } = parts;
  for (const entry of store.runningEntries()) {
    const run = store.readRun(entry.runs.at(-1) ?? '');
    const change = run === null ? null : settleEntry(entry, run, clock.now());
    if (change === null || !store.changeEntry(entry.id, change)) continue;
    const text = `${entry.name}: ${change.to}${change.reason === null ? '' : `, ${change.reason}`}`;
    parts.tell({ text, entry: entry.id, trouble: change.to === 'failed' });
  }
}

function endNever(parts: QueueParts, id: string, reason: string): void {
  const { store, clock } = parts;
  const from = ['waiting', 'held'] as const;
  if (store.changeEntry(id, { from, to: 'failed', reason, at: clock.now() }))
    parts.tell({ text: `${store.readEntry(id)?.name ?? ''}: failed, ${reason}`, entry: id, trouble: true });
}

/** Marked before it is halted: whoever comes after a crash knows why it was. */
function markYielding({ store, clock }: QueueParts, { id, yieldsAt, yielding, runs, zone }: EntryRecord): Looked['yielding'] {
  const run = store.readRun(runs.at(-1) ?? '');
  if (yieldsAt === null || run === null || isResult(run.state)) return [];
  if (clock.now() < yieldsAt - haltSeconds(readPlan(run.plan).playbook) * 1000) return [];
  if (!yielding)
    store.changeEntry(id, { from: ['running'], to: 'running', reason: 'it must yield', at: clock.now(), yielding: true });
  return [{ run: run.id, reason: `it must yield at ${findZone(zone).format(yieldsAt)} ${zone}` }];
}
