import type { Connection } from './connection.ts';
import { prepareAddEntryEvent } from './entry-events.ts';
import type { BatchSpent } from './queue-records.ts';
import { jobSeconds } from './job-seconds.ts';
import type { Store } from './store.ts';

/** Entries that were added together. What one of them does to the others, and what all have taken. */
export function prepareBatches(connection: Connection): Pick<Store, 'holdBatch' | 'readSpent' | 'openBudgets'> {
  const hold = connection.prepare<[string, string], { id: string }>(
    `UPDATE queue_entries SET state = 'held', reason = ? WHERE batch = ? AND state = 'waiting' RETURNING id`,
  );
  const addEntryEvent = prepareAddEntryEvent(connection);
  const spent = connection.prepare<[{ batch: string; now: number }], BatchSpent>(
    `SELECT coalesce(sum(seconds), 0.0) AS seconds, coalesce(sum(seconds * hourly), 0.0) / 3600 AS cost,
       coalesce(sum(runs), 0) AS running, coalesce(sum(runs * hourly), 0.0) AS perHour
     FROM (SELECT ended_at IS NULL AS runs, coalesce(per_hour, 0) AS hourly,
         iif(ended_at IS NULL, max(0, @now - started_at) / 1000.0, ${jobSeconds}) AS seconds
       FROM runs WHERE started_at IS NOT NULL AND number IN
         (SELECT run FROM queue_runs JOIN queue_entries ON queue_entries.number = queue_runs.entry WHERE batch = @batch))`,
  );
  const budgets = connection.prepare<[], { batch: string; seconds: number | null; cost: number | null }>(
    `SELECT DISTINCT batch, budget_seconds AS seconds, budget_cost AS cost FROM queue_entries
     WHERE ended_at IS NULL AND (budget_seconds IS NOT NULL OR budget_cost IS NOT NULL)`,
  );
  return {
    holdBatch: (batch, reason, at) =>
      connection.write(() => {
        const held = hold.all(reason, batch).map(({ id }) => id);
        for (const id of held) addEntryEvent(id, { from: ['waiting'], to: 'held', reason, at });
        return held;
      }),
    readSpent: (batch, now) =>
      connection.read(() => spent.get({ batch, now: Math.round(now) })) ?? { seconds: 0, cost: 0, running: 0, perHour: 0 },
    openBudgets: () => connection.read(() => budgets.all()).map(({ batch, ...budget }) => ({ batch, budget })),
  };
}
