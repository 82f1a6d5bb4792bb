import { readPlan } from '../engine/read-plan.ts';
import { findZone } from '../language/zone.ts';
import { isResult } from '../lifecycle/states.ts';
import type { EntryRecord, Yielding } from '../store/queue-records.ts';
import { findUsedUp } from './budget.ts';
import { changeAsRead } from './change-as-read.ts';
import { haltSeconds } from './night-plan.ts';
import type { QueueParts } from './parts.ts';

/** A run that is to be halted, and why. */
export interface YieldingRun {
  run: string;
  reason: string;
}

/** Whether the run of an entry must end now, so that its halt is over in time. Marked before it is halted: whoever comes after a crash knows why it was. */
export function markYielding(parts: QueueParts, entry: EntryRecord): YieldingRun | null {
  const { store, clock } = parts;
  const run = store.readRun(entry.runs.at(-1) ?? '');
  // What is verified or rolled back has no job there any more.
  if (run === null || isResult(run.state) || run.state === 'verifying' || run.state === 'rolling-back') return null;
  const found = findReason(parts, entry, haltSeconds(readPlan(run.plan).playbook));
  if (found === null) return null;
  const { yielding, reason } = found;
  if (entry.yielding === null)
    changeAsRead(store, entry, { from: ['running'], to: 'running', reason: 'it must yield', at: clock.now(), yielding });
  return { run: run.id, reason };
}

function findReason(
  { store, clock }: QueueParts,
  entry: EntryRecord,
  neededSeconds: number,
): { yielding: Yielding; reason: string } | null {
  const { yieldsAt, zone } = entry;
  const now = clock.now();
  if (yieldsAt !== null && now >= yieldsAt - neededSeconds * 1000)
    return { yielding: 'night', reason: `it must yield at ${findZone(zone).format(yieldsAt)} ${zone}` };
  const reason = findUsedUp(store, entry, { now, neededSeconds });
  return reason === null ? null : { yielding: 'budget', reason };
}
