import { createRun } from '../engine/create-run.ts';
import type { Plan } from '../engine/plan.ts';
import { exitCodes, FleetError, messageOf } from '../errors.ts';
import { placesOverlap } from '../language/place.ts';
import type { EntryChange, EntryRecord } from '../store/queue-records.ts';
import { planForNight } from './night-plan.ts';
import type { QueueParts } from './parts.ts';

const retryMs = 5 * 60_000;

/**
 * Makes the run of an entry: it and the entry's state are one write, so that a crash leaves both or neither. Null: it is not started after all, and its
 * state says why, or somebody else was first.
 */
export async function startEntry(parts: QueueParts, entry: EntryRecord, yieldsAt: number | null): Promise<string | null> {
  const plan = await planOrTell(parts, entry);
  if (plan === null) return null;
  const { store, clock } = parts;
  const at = clock.now();
  const seconds = yieldsAt === null ? null : (yieldsAt - at) / 1000;
  const night = planForNight(plan, { seconds, runs: entry.canGoOn ? entry.runs : [] });
  const isStarted = store.together(() => {
    if (store.readEntry(entry.id)?.state !== 'waiting' || isTaken(parts, plan)) return false;
    createRun(parts, night);
    return store.startEntry(entry.id, plan.run, { reason: null, yieldsAt, at });
  });
  if (!isStarted) return null;
  parts.tell({ text: `${entry.name} begins`, entry: entry.id, run: plan.run });
  return plan.run;
}

/** Somebody has launched there since the look. */
function isTaken({ store }: QueueParts, { targets }: Plan): boolean {
  const places = [...new Set(targets.map(({ host }) => host))];
  const isWanted = (host: string) => places.some((place) => placesOverlap(place, host));
  return store.activeRuns().some(({ id }) => store.readWorkers(id).some(({ host }) => isWanted(host)));
}

async function planOrTell(parts: QueueParts, entry: EntryRecord): Promise<Plan | null> {
  try {
    return await parts.planEntry(entry);
  } catch (error) {
    const change = settleUnplanned(error, parts.clock.now());
    parts.store.changeEntry(entry.id, change);
    parts.tell({ text: `${entry.name}: ${change.reason ?? ''}`, entry: entry.id, trouble: true });
    return null;
  }
}

/** A file with errors, a secret that is not there or a defect waits for a person, and stops nobody else's night; whatever else it is may mend. */
function settleUnplanned(error: unknown, at: number): EntryChange {
  const change = { from: ['waiting'] as const, reason: `it cannot be planned: ${messageOf(error)}`, at };
  const mayMend = error instanceof FleetError && error.exit !== exitCodes.usage;
  return mayMend ? { ...change, to: 'waiting', notBefore: at + retryMs } : { ...change, to: 'held' };
}
