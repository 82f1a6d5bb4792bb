import type { Connection } from './connection.ts';
import { inTurn, prepareRows, runsOfEntry } from './entry-rows.ts';
import type { AfterWants, EntryRecord, EntryState, NewEntry } from './queue-records.ts';
import type { Store } from './store.ts';

type Queue = Pick<
  Store,
  'addEntries' | 'readEntry' | 'readAsked' | 'findEntries' | 'listEntries' | 'runningEntries' | 'changeEntry' | 'startEntry'
>;

/** In the order of `columns`. */
type Row = [
  number: number,
  id: string,
  name: string,
  playbook: string,
  point: string | null,
  host: string,
  hosts: string[],
  params: Record<string, string>,
  sweep: string | null,
  schedule: string | null,
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
  state: EntryState,
  reason: string | null,
  notBefore: number | null,
  yieldsAt: number | null,
  yielding: number,
  addedAt: number,
  endedAt: number | null,
  runs: string[] | null,
];

const columns = `entry.number, entry.id, entry.name, entry.playbook, entry.point, entry.host, json(entry.hosts), json(entry.params), entry.sweep,
  entry.schedule, entry.priority, before.id, entry.after_wants, entry.start_from, entry.start_to, entry.yield_by, entry.zone,
  entry.can_go_on, entry.retries, entry.failures, entry.state, entry.reason, entry.not_before, entry.yields_at, entry.yielding,
  entry.added_at, entry.ended_at, ${runsOfEntry}`;
const over: readonly string[] = ['done', 'failed', 'removed'];

/** Entries belong to no run: no lease of one guards them, and each change names the states that it may leave. */
export function prepareQueue(connection: Connection): Queue {
  const insert = connection.prepare(
    `INSERT INTO queue_entries (id, name, playbook, point, host, hosts, params, asked, sweep, schedule, priority, after, after_wants, start_from,
       start_to, yield_by, zone, can_go_on, retries, state, added_at)
     VALUES (@id, @name, @playbook, @point, @host, @hosts, @params, @asked, @sweep, @schedule, @priority,
       (SELECT number FROM queue_entries WHERE id = @after), @afterWants, @startFrom, @startTo, @yieldBy, @zone, @canGoOn, @retries, @state, @addedAt)`,
  );
  const prepare = <Params extends unknown[]>(where: string) => {
    const read = prepareRows<Row, Params>(connection, columns, where);
    return (...params: Params): EntryRecord[] => read(...params).map(recordOf);
  };
  const readOne = prepare<[string]>('WHERE entry.id = ?');
  const readByPrefix = prepare<[string, string]>('WHERE entry.id >= ? AND entry.id < ? || char(0x10ffff) ORDER BY entry.number');
  const readOpen = prepare<[]>(`WHERE entry.ended_at IS NULL ${inTurn}`);
  const readSince = prepare<[number]>(`WHERE entry.ended_at IS NULL OR entry.ended_at >= ? ${inTurn}`);
  const readRunning = prepare<[]>("WHERE entry.state = 'running' ORDER BY entry.number");
  const readAsked = connection.prepare<[string], string>('SELECT asked FROM queue_entries WHERE id = ?').pluck();
  const change = connection.prepare(
    `UPDATE queue_entries SET state = @to, reason = @reason, ended_at = @endedAt, not_before = iif(@keepsNotBefore, not_before, @notBefore),
       yields_at = iif(@keepsYieldsAt, yields_at, @yieldsAt), yielding = coalesce(@yielding, yielding),
       failures = coalesce(@failures, failures)
     WHERE id = @id AND state IN (SELECT value FROM json_each(@from))`,
  );
  const addRun = connection.prepare(
    'INSERT INTO queue_runs (entry, run) VALUES ((SELECT number FROM queue_entries WHERE id = ?), (SELECT number FROM runs WHERE id = ?))',
  );
  const changeEntry: Queue['changeEntry'] = (id, { from, to, reason, at, notBefore, yieldsAt, yielding, failures }) =>
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
        yielding: yielding === undefined ? null : Number(yielding),
        failures: failures ?? null,
      };
      return change.run(values).changes === 1;
    });

  return {
    addEntries: (entries) => {
      connection.write(() => {
        for (const entry of entries) insert.run(valuesOf(entry));
      });
    },
    readEntry: (id) => readOne(id)[0] ?? null,
    readAsked: (id) => connection.read(() => readAsked.get(id)) ?? null,
    findEntries: (prefix) => (prefix === '' ? [] : readByPrefix(prefix, prefix)),
    listEntries: (endedSince) =>
      endedSince === Number.POSITIVE_INFINITY ? readOpen() : readSince(endedSince ?? Number.MIN_SAFE_INTEGER),
    runningEntries: () => readRunning(),
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
          yielding: false,
        };
        if (!changeEntry(id, change)) return false;
        addRun.run(id, run);
        return true;
      }),
  };
}

function valuesOf({ hosts, params, after, mayStart, canGoOn, addedAt, ...entry }: NewEntry) {
  return {
    ...entry,
    hosts: JSON.stringify(hosts),
    params: JSON.stringify(params),
    after: after?.entry ?? null,
    afterWants: after?.wants ?? null,
    startFrom: mayStart?.from ?? null,
    startTo: mayStart?.to ?? null,
    canGoOn: Number(canGoOn),
    addedAt: Math.round(addedAt),
  };
}

function recordOf(row: Row): EntryRecord {
  const [
    number,
    id,
    name,
    playbook,
    point,
    host,
    hosts,
    params,
    sweep,
    schedule,
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
    hosts,
    params,
    sweep,
    schedule,
    priority,
    yieldBy,
    zone,
    retries,
    failures,
    state,
    reason,
    notBefore,
    yieldsAt,
    addedAt,
    endedAt,
    runs: runs ?? [],
    after: afterEntry === null || afterWants === null ? null : { entry: afterEntry, wants: afterWants },
    mayStart: startFrom === null || startTo === null ? null : { from: startFrom, to: startTo },
    canGoOn: canGoOn === 1,
    yielding: yielding === 1,
  };
}

function roundOrNull(number: number | null): number | null {
  return number === null ? null : Math.round(number);
}
