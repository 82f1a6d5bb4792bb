import { formatDuration } from '../language/units.ts';
import type { BatchBudget, BatchSpent } from '../store/queue-records.ts';
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

export function describeUsedUp({ seconds, cost }: BatchBudget, spent: BatchSpent): string {
  const ofTime = seconds === null ? [] : [`${formatDuration(Math.round(spent.seconds))} of ${formatDuration(seconds)}`];
  const ofCost = cost === null ? [] : [`cost ${spent.cost.toFixed(2)} of ${cost.toFixed(2)}`];
  return `the budget of its sweep is used up (${[...ofTime, ...ofCost].join(', ')})`;
}

/** What waits, and belongs to a batch whose budget is used up, is held: whoever releases an entry lets it go beyond the budget. */
export function holdOverspent(parts: QueueParts): void {
  const { store, clock } = parts;
  for (const { batch, budget } of store.openBudgets()) {
    const spent = store.readSpent(batch, clock.now());
    if (secondsOfBudget(budget, spent) > 0) continue;
    const reason = describeUsedUp(budget, spent);
    for (const entry of store.holdBatch(batch, reason, clock.now()))
      parts.tell({ text: `entry ${entry} is held: ${reason}`, entry, trouble: true });
  }
}

function secondsOfCost(left: number, perHour: number): number {
  if (left <= 0) return 0;
  return perHour === 0 ? Number.POSITIVE_INFINITY : (left / perHour) * 3600;
}
