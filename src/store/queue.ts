import type { Connection } from './connection.ts';
import { prepareAddEntryEvent } from './entry-events.ts';
import { parseStored } from './failures.ts';
import type { AfterWants, EntryRecord, EntryState, NewEntry, OnFailure, Yielding } from './queue-records.ts';
import type { Store } from './store.ts';

type Queue = Pick<
  Store,
  'addEntries' | 'readEntry' | 'findEntries' | 'listEntries' | 'runningEntries' | 'changeEntry' | 'startEntry'
>;

/** In the order of `columns`: a row as a list is read three times as fast as one by names, and there may be ten thousand. */
type Row = [
  number: number,
  id: string,
  name: string,
  playbook: string,
  point: string | null,
  host: string,
  hosts: string,
  params: string,
  asked: string,
  sweep: string | null,
  schedule: string | null,
  batch: string,
  onFailure: OnFailure,
  budgetSeconds: number | null,
  budgetCost: number | null,
  priority: number,
  afterEntry: string | null,
  afterWants: AfterWants | null,
  startFrom: number | null,
  startTo: number | null,
  yieldBy: number | null,
  zone: string,
  canGoOn: number,
  retries: number,
  failures: number,
  rung: number,
  runsBefore: number,
  changed: string,
  state: EntryState,
  reason: string | null,
  notBefore: number | null,
  yieldsAt: number | null,
  yielding: Yielding | null,
  addedAt: number,
  endedAt: number | null,
  runs: string | null,
];

const columns = `entry.number, entry.id, entry.name, entry.playbook, entry.point, entry.host, entry.hosts, entry.params, entry.asked, entry.sweep,
  entry.schedule, entry.batch, entry.on_failure, entry.budget_seconds, entry.budget_cost, entry.priority, before.id, entry.after_wants, entry.start_from, entry.start_to, entry.yield_by, entry.zone,
  entry.can_go_on, entry.retries, entry.failures, entry.rung, entry.runs_before, entry.changed, entry.state, entry.reason, entry.not_before, entry.yields_at, entry.yielding,
  entry.added_at, entry.ended_at,
  CASE WHEN EXISTS (SELECT 1 FROM queue_runs WHERE queue_runs.entry = entry.number) THEN
    (SELECT json_group_array(runs.id ORDER BY runs.number) FROM queue_runs JOIN runs ON runs.number = queue_runs.run
     WHERE queue_runs.entry = entry.number) END AS runs`;
const from = 'FROM queue_entries AS entry LEFT JOIN queue_entries AS before ON before.number = entry.after';
const over: readonly string[] = ['done', 'failed', 'removed'];

/** Entries belong to no run: no lease of one guards them, and each change names the states that it may leave. */
export function prepareQueue(connection: Connection): Queue {
  const insert = connection.prepare(
    `INSERT INTO queue_entries (id, name, playbook, point, host, hosts, params, asked, sweep, schedule, batch, on_failure, budget_seconds,
       budget_cost, priority, after, after_wants, start_from, start_to, yield_by, zone, can_go_on, retries, state, added_at)
     VALUES (@id, @name, @playbook, @point, @host, @hosts, @params, @asked, @sweep, @schedule, @batch, @onFailure, @budgetSeconds,
       @budgetCost, @priority, (SELECT number FROM queue_entries WHERE id = @after), @afterWants, @startFrom, @startTo, @yieldBy, @zone, @canGoOn, @retries, @state, @addedAt)`,
  );
  const prepare = <Params extends unknown[]>(where: string) =>
    connection.prepare<Params, Row>(`SELECT ${columns} ${from} ${where}`).raw();
  const readOne = prepare<[string]>(`WHERE entry.id = ?`);
  const readByPrefix = prepare<[string, string]>(`WHERE entry.id >= ? AND entry.id < ? || char(0x10ffff) ORDER BY entry.number`);
  const ordered = 'ORDER BY entry.priority DESC, entry.number';
  const readOpen = prepare<[]>(`WHERE entry.ended_at IS NULL ${ordered}`);
  const readSince = prepare<[number]>(`WHERE entry.ended_at IS NULL OR entry.ended_at >= ? ${ordered}`);
  const readRunning = prepare<[]>(`WHERE entry.state = 'running' ORDER BY entry.number`);
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
  const readAll = (read: () => Row[]): EntryRecord[] => {
    const parse = parseEach(connection.file);
    return connection.read(read).map((row) => recordOf(row, parse));
  };

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
    readEntry: (id) => readAll(() => readOne.all(id))[0] ?? null,
    findEntries: (prefix) => (prefix === '' ? [] : readAll(() => readByPrefix.all(prefix, prefix))),
    listEntries: (endedSince) =>
      readAll(() =>
        endedSince === Number.POSITIVE_INFINITY ? readOpen.all() : readSince.all(endedSince ?? Number.MIN_SAFE_INTEGER),
      ),
    runningEntries: () => readAll(() => readRunning.all()),
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

/** Many entries have the same lists: each is parsed once. */
function parseEach(file: string): (text: string) => unknown {
  const known = new Map<string, unknown>();
  return (text) => {
    if (!known.has(text)) known.set(text, parseStored(text, file));
    return known.get(text);
  };
}

function recordOf(row: Row, parse: (text: string) => unknown): EntryRecord {
  const [
    number,
    id,
    name,
    playbook,
    point,
    host,
    hosts,
    params,
    asked,
    sweep,
    schedule,
    batch,
    onFailure,
    budgetSeconds,
    budgetCost,
    priority,
    afterEntry,
    afterWants,
    startFrom,
    startTo,
    yieldBy,
    zone,
    canGoOn,
    retries,
    failures,
    rung,
    runsBefore,
    changed,
    state,
    reason,
    notBefore,
    yieldsAt,
    yielding,
    addedAt,
    endedAt,
    runs,
  ] = row;
  return {
    number,
    id,
    name,
    playbook,
    point,
    host,
    asked,
    sweep,
    schedule,
    batch,
    onFailure,
    priority,
    yieldBy,
    zone,
    retries,
    failures,
    rung,
    runsBefore,
    state,
    reason,
    notBefore,
    yieldsAt,
    yielding,
    addedAt,
    endedAt,
    hosts: parse(hosts) as string[],
    params: parse(params) as Record<string, string>,
    changed: parse(changed) as Record<string, string>,
    budget: budgetSeconds === null && budgetCost === null ? null : { seconds: budgetSeconds, cost: budgetCost },
    runs: runs === null ? [] : (parse(runs) as string[]),
    after: afterEntry === null || afterWants === null ? null : { entry: afterEntry, wants: afterWants },
    mayStart: startFrom === null || startTo === null ? null : { from: startFrom, to: startTo },
    canGoOn: canGoOn === 1,
  };
}

function roundOrNull(number: number | null): number | null {
  return number === null ? null : Math.round(number);
}
