import type { Connection } from './connection.ts';
import { inTurn, prepareRows, runsOfEntry } from './entry-rows.ts';
import type { AfterWants, EntryRecord, EntryState, OnFailure, Yielding } from './queue-records.ts';
import type { Store } from './store.ts';

type Entries = Pick<Store, 'readEntry' | 'readAsked' | 'findEntries' | 'listEntries' | 'runningEntries' | 'isOfQueue'>;

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
  changed: Record<string, string>,
  state: EntryState,
  reason: string | null,
  notBefore: number | null,
  yieldsAt: number | null,
  yielding: Yielding | null,
  addedAt: number,
  endedAt: number | null,
  runs: string[] | null,
];

const columns = `entry.number, entry.id, entry.name, entry.playbook, entry.point, entry.host, json(entry.hosts), json(entry.params), entry.sweep,
  entry.schedule, entry.batch, entry.on_failure, entry.budget_seconds, entry.budget_cost, entry.priority, before.id, entry.after_wants,
  entry.start_from, entry.start_to, entry.yield_by, entry.zone, entry.can_go_on, entry.retries, entry.failures, entry.rung, entry.runs_before,
  json(entry.changed), entry.state, entry.reason, entry.not_before, entry.yields_at, entry.yielding, entry.added_at, entry.ended_at,
  ${runsOfEntry}`;

/** All that is known of entries of the queue. */
export function prepareEntries(connection: Connection): Entries {
  const prepare = <Params extends unknown[]>(where: string) => {
    const read = prepareRows<Row, Params>(connection, columns, where);
    return (...params: Params): EntryRecord[] => read(...params).map(recordOf);
  };
  const readOne = prepare<[string]>('WHERE entry.id = ?');
  const readByPrefix = prepare<[string, string]>('WHERE entry.id >= ? AND entry.id < ? || char(0x10ffff) ORDER BY entry.number');
  const readOpen = prepare<[]>(`WHERE entry.ended_at IS NULL ${inTurn}`);
  const readSince = prepare<[number]>(`WHERE entry.ended_at IS NULL OR entry.ended_at >= ? ${inTurn}`);
  const readRunning = prepare<[]>("WHERE entry.state = 'running' ORDER BY entry.number");
  const ofQueue = connection
    .prepare<[string], number>(
      'SELECT EXISTS (SELECT 1 FROM queue_runs JOIN runs ON runs.number = queue_runs.run WHERE runs.id = ?)',
    )
    .pluck();
  const readAsked = connection.prepare<[string], string>('SELECT asked FROM queue_entries WHERE id = ?').pluck();
  return {
    readEntry: (id) => readOne(id)[0] ?? null,
    readAsked: (id) => connection.read(() => readAsked.get(id)) ?? null,
    findEntries: (prefix) => (prefix === '' ? [] : readByPrefix(prefix, prefix)),
    listEntries: (endedSince) =>
      endedSince === Number.POSITIVE_INFINITY ? readOpen() : readSince(endedSince ?? Number.MIN_SAFE_INTEGER),
    runningEntries: () => readRunning(),
    isOfQueue: (run) => connection.read(() => ofQueue.get(run)) === 1,
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
    hosts,
    params,
    changed,
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
    budget: budgetSeconds === null && budgetCost === null ? null : { seconds: budgetSeconds, cost: budgetCost },
    runs: runs ?? [],
    after: afterEntry === null || afterWants === null ? null : { entry: afterEntry, wants: afterWants },
    mayStart: startFrom === null || startTo === null ? null : { from: startFrom, to: startTo },
    canGoOn: canGoOn === 1,
  };
}
