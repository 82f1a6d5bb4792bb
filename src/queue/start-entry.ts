import { createRun } from '../engine/create-run.ts';
import { sumCosts, type Plan } from '../engine/plan.ts';
import { exitCodes, FleetError, messageOf } from '../errors.ts';
import { placesOverlap } from '../language/place.ts';
import type { EntryChange, EntryRecord } from '../store/queue-records.ts';
import { findUsedUp, secondsForOne } from './budget.ts';
import { decideQueue } from './decide.ts';
import { hadJob } from './had-job.ts';
import { haltSeconds, planForNight } from './night-plan.ts';
import type { QueueParts } from './parts.ts';
import { readScene } from './read-scene.ts';

const retryMs = 5 * 60_000;

/**
 * Makes the run of an entry: it and the entry's state are one write, so that a crash leaves both or neither. Null: it is not started after all, and its
 * state says why, or somebody else was first.
 */
export async function startEntry(parts: QueueParts, id: string, yieldsAt: number | null): Promise<string | null> {
  const entry = parts.store.readEntry(id);
  const plan = entry === null ? null : await planOrTell(parts, entry);
  if (entry === null || plan === null) return null;
  const { store, clock } = parts;
  const at = clock.now();
  const seconds = takeOfBudget(parts, entry, plan);
  if (seconds === null) return null;
  const night = planForNight(plan, { yieldsAt, seconds, runs: findEarlier(parts, entry, plan) });
  const isStarted = store.together(() => {
    if (store.readEntry(entry.id)?.state !== 'waiting' || isTaken(parts, plan) || !isStill(parts, entry, yieldsAt)) return false;
    createRun(parts, night);
    return store.startEntry(entry.id, plan.run, { reason: null, yieldsAt, at });
  });
  if (!isStarted) return null;
  parts.tell({ text: `${entry.name} begins`, entry: entry.id, run: plan.run });
  return plan.run;
}

/** How long the budget of its batch lets its job run. Null: too short to begin with, so it is held. */
function takeOfBudget(parts: QueueParts, entry: EntryRecord, plan: Plan): number | null {
  const { id, name, budget, batch } = entry;
  if (budget === null) return Number.POSITIVE_INFINITY;
  const { store, clock } = parts;
  const at = clock.now();
  const perHour = sumCosts(plan.hosts)?.perHour ?? 0;
  const neededSeconds = haltSeconds(plan.playbook);
  const reason = findUsedUp(store, entry, { now: at, neededSeconds, starting: { perHour } });
  if (reason === null) return secondsForOne(budget, store.readSpent(batch, at), perHour);
  if (store.changeEntry(id, { from: ['waiting'], to: 'held', reason, at, yielding: 'budget' }))
    parts.tell({ text: `${name} is held: ${reason}`, entry: id, trouble: true });
  return null;
}

/** With other params it is another experiment, which goes on from the same ones only where the ladder says so. */
function findEarlier(
  { store }: QueueParts,
  { canGoOn, runs, runsBefore }: EntryRecord,
  { playbook: { ladder } }: Plan,
): string[] {
  if (!canGoOn) return [];
  const same = ladder?.from === 'checkpoint' ? runs : runs.slice(runsBefore);
  // One that never came to its job has left nothing.
  return same.filter((id) => hadJob(store, id));
}

/** Planning takes a moment, and a computer that was put to sleep in it wakes up by day. */
function isStill({ store, clock }: QueueParts, { id, runs }: EntryRecord, yieldsAt: number | null): boolean {
  const entry = store.readEntry(id);
  if (entry === null || entry.runs.length !== runs.length) return false;
  const [decision] = decideQueue(readScene(store, clock.now(), [entry]));
  return decision?.kind === 'start' && decision.yieldsAt === yieldsAt;
}

/** Somebody has launched there since the look. */
function isTaken({ store }: QueueParts, { targets }: Plan): boolean {
  const places = [...new Set(targets.map(({ host }) => host))];
  const isWanted = (host: string) => places.some((place) => placesOverlap(place, host));
  return store.activeRuns().some(({ id }) => store.readWorkers(id).some(({ host }) => isWanted(host)));
}

async function planOrTell(parts: QueueParts, entry: EntryRecord): Promise<Plan | null> {
  try {
    return await parts.planEntry(entry, parts.store.readAsked(entry.id) ?? '');
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
