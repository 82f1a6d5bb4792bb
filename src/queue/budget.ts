import { formatDuration } from '../language/units.ts';
import type { BatchBudget, BatchSpent, EntryRecord } from '../store/queue-records.ts';
import type { Store } from '../store/store.ts';
import type { QueueParts } from './parts.ts';

/** How long the jobs of a batch may go on together, in seconds, until its budget is used up. `starting`: the hourly cost of one more. */
export function secondsOfBudget(
  { seconds, cost }: BatchBudget,
  spent: BatchSpent,
  starting: { perHour: number } | null = null,
): number {
  const jobs = Math.max(1, spent.running + (starting === null ? 0 : 1));
  const perHour = spent.perHour + (starting?.perHour ?? 0);
  const byTime = seconds === null ? Number.POSITIVE_INFINITY : (seconds - spent.seconds) / jobs;
  return Math.max(0, Math.min(byTime, cost === null ? Number.POSITIVE_INFINITY : secondsOfCost(cost - spent.cost, perHour)));
}

/** What is left of it for one job alone, which a guard can keep while nobody sees to the others. */
export function secondsForOne(budget: BatchBudget, spent: BatchSpent, perHour: number): number {
  return secondsOfBudget(budget, { ...spent, running: 0, perHour: 0 }, { perHour });
}

/**
 * Why the budget of an entry's batch is used up: it has no more than `neededSeconds` left for what runs, and for what is `starting`. Null: it has, or
 * there is none.
 */
export function findUsedUp(
  store: Store,
  { budget, batch }: Pick<EntryRecord, 'budget' | 'batch'>,
  { now, neededSeconds, starting = null }: { now: number; neededSeconds: number; starting?: { perHour: number } | null },
): string | null {
  if (budget === null) return null;
  const spent = store.readSpent(batch, now);
  return secondsOfBudget(budget, spent, starting) > neededSeconds ? null : describeUsedUp(budget, spent);
}

export function describeUsedUp({ seconds, cost }: BatchBudget, spent: BatchSpent): string {
  const ofTime = seconds === null ? [] : [`${formatDuration(Math.round(spent.seconds))} of ${formatDuration(seconds)}`];
  const ofCost = cost === null ? [] : [`cost ${spent.cost.toFixed(2)} of ${cost.toFixed(2)}`];
  return `the budget of its sweep is used up (${[...ofTime, ...ofCost].join(', ')})`;
}

/** What waits, and belongs to a batch whose budget is used up, is held: whoever releases an entry lets it go beyond the budget. */
export function holdOverspent(parts: QueueParts): void {
  const { store, clock } = parts;
  for (const { batch, budget } of store.openBudgets()) {
    const now = clock.now();
    const reason = findUsedUp(store, { budget, batch }, { now, neededSeconds: 0 });
    if (reason === null) continue;
    for (const entry of store.holdBatch(batch, reason, now))
      parts.tell({ text: `entry ${entry} is held: ${reason}`, entry, trouble: true });
  }
}

function secondsOfCost(left: number, perHour: number): number {
  if (left <= 0) return 0;
  return perHour === 0 ? Number.POSITIVE_INFINITY : (left / perHour) * 3600;
}
