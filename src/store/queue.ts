import type { Connection } from './connection.ts';
import { prepareAddEntryEvent } from './entry-events.ts';
import type { NewEntry } from './queue-records.ts';
import type { Store } from './store.ts';

type Queue = Pick<Store, 'addEntries' | 'changeEntry' | 'startEntry'>;

const over: readonly string[] = ['done', 'failed', 'removed'];

/** Entries belong to no run: no lease of one guards them, and each change names the states that it may leave. */
export function prepareQueue(connection: Connection): Queue {
  const insert = connection.prepare(
    `INSERT INTO queue_entries (id, name, playbook, point, host, hosts, params, asked, sweep, schedule, batch, on_failure, budget_seconds,
       budget_cost, priority, after, after_wants, start_from, start_to, yield_by, zone, can_go_on, retries, state, added_at)
     VALUES (@id, @name, @playbook, @point, @host, @hosts, @params, @asked, @sweep, @schedule, @batch, @onFailure, @budgetSeconds,
       @budgetCost, @priority, (SELECT number FROM queue_entries WHERE id = @after), @afterWants, @startFrom, @startTo, @yieldBy, @zone, @canGoOn, @retries, @state, @addedAt)`,
  );
  const change = connection.prepare(
    `UPDATE queue_entries SET state = @to, reason = @reason, ended_at = @endedAt, not_before = iif(@keepsNotBefore, not_before, @notBefore),
       yields_at = iif(@keepsYieldsAt, yields_at, @yieldsAt), yielding = iif(@keepsYielding, yielding, @yielding),
       failures = coalesce(@failures, failures), rung = coalesce(@rung, rung), runs_before = coalesce(@runsBefore, runs_before),
       changed = coalesce(@changed, changed),
       budget_seconds = iif(@keepsBudget, budget_seconds, NULL), budget_cost = iif(@keepsBudget, budget_cost, NULL)
     WHERE id = @id AND state IN (SELECT value FROM json_each(@from))`,
  );
  const addRun = connection.prepare(
    'INSERT INTO queue_runs (entry, run) VALUES ((SELECT number FROM queue_entries WHERE id = ?), (SELECT number FROM runs WHERE id = ?))',
  );
  const addEvent = prepareAddEntryEvent(connection);
  const changeEntry: Queue['changeEntry'] = (
    id,
    { from, to, reason, at, notBefore, yieldsAt, yielding, failures, rung, runsBefore, changed, budget },
  ) =>
    connection.write(() => {
      const values = {
        id,
        to,
        reason,
        from: JSON.stringify(from),
        endedAt: over.includes(to) ? Math.round(at) : null,
        keepsNotBefore: Number(notBefore === undefined),
        notBefore: roundOrNull(notBefore ?? null),
        keepsYieldsAt: Number(yieldsAt === undefined),
        yieldsAt: roundOrNull(yieldsAt ?? null),
        keepsYielding: Number(yielding === undefined),
        yielding: yielding ?? null,
        failures: failures ?? null,
        rung: rung ?? null,
        runsBefore: runsBefore ?? null,
        changed: changed === undefined ? null : JSON.stringify(changed),
        keepsBudget: Number(budget === undefined),
      };
      const landed = change.run(values).changes === 1;
      if (landed) addEvent(id, { from, to, reason, at });
      return landed;
    });

  return {
    addEntries: (entries) => {
      connection.write(() => {
        for (const entry of entries) insert.run(valuesOf(entry));
      });
    },
    changeEntry,
    startEntry: (id, run, { reason, yieldsAt, at }) =>
      connection.write(() => {
        const change = {
          from: ['waiting'] as const,
          to: 'running' as const,
          reason,
          at,
          notBefore: null,
          yieldsAt,
          yielding: null,
        };
        if (!changeEntry(id, change)) return false;
        addRun.run(id, run);
        return true;
      }),
  };
}

function valuesOf({ hosts, params, after, mayStart, canGoOn, addedAt, budget, ...entry }: NewEntry) {
  return {
    ...entry,
    hosts: JSON.stringify(hosts),
    params: JSON.stringify(params),
    after: after?.entry ?? null,
    afterWants: after?.wants ?? null,
    budgetSeconds: roundOrNull(budget?.seconds ?? null),
    budgetCost: budget?.cost ?? null,
    startFrom: mayStart?.from ?? null,
    startTo: mayStart?.to ?? null,
    canGoOn: Number(canGoOn),
    addedAt: Math.round(addedAt),
  };
}

function roundOrNull(number: number | null): number | null {
  return number === null ? null : Math.round(number);
}
