import type { Connection } from './connection.ts';
import { inTurn, prepareRows, runsOfEntry } from './entry-rows.ts';
import type { AfterWants, EntryState, QueuedEntry } from './queue-records.ts';
import type { Store } from './store.ts';

/** In the order of `columns`. */
type Row = [
  id: string,
  playbook: string,
  point: string | null,
  hosts: string[],
  afterEntry: string | null,
  afterWants: AfterWants | null,
  startFrom: number | null,
  startTo: number | null,
  yieldBy: number | null,
  zone: string,
  canGoOn: number,
  state: EntryState,
  reason: string | null,
  notBefore: number | null,
  runsBefore: number,
  runs: string[] | null,
];

const columns = `entry.id, entry.playbook, entry.point, json(entry.hosts), before.id, entry.after_wants, entry.start_from, entry.start_to,
  entry.yield_by, entry.zone, entry.can_go_on, entry.state, entry.reason, entry.not_before, entry.runs_before,
  ${runsOfEntry}`;

/** The daemon reads all of them every two seconds: half of what an entry has, and none of its long texts. */
export function prepareQueuedEntries(connection: Connection): Pick<Store, 'queuedEntries' | 'countEntries'> {
  const read = prepareRows<Row, []>(connection, columns, `WHERE entry.ended_at IS NULL ${inTurn}`);
  const count = connection.prepare<[], { state: EntryState; entries: number }>(
    'SELECT state, count(*) AS entries FROM queue_entries WHERE ended_at IS NULL GROUP BY state',
  );
  return {
    queuedEntries: () => read().map(entryOf),
    countEntries: () => new Map(connection.read(() => count.all()).map(({ state, entries }) => [state, entries])),
  };
}

function entryOf(row: Row): QueuedEntry {
  const [
    id,
    playbook,
    point,
    hosts,
    before,
    wants,
    startFrom,
    startTo,
    yieldBy,
    zone,
    canGoOn,
    state,
    reason,
    notBefore,
    runsBefore,
    runs,
  ] = row;
  return {
    id,
    playbook,
    point,
    hosts,
    yieldBy,
    zone,
    state,
    reason,
    notBefore,
    runsBefore,
    runs: runs ?? [],
    after: before === null || wants === null ? null : { entry: before, wants },
    mayStart: startFrom === null || startTo === null ? null : { from: startFrom, to: startTo },
    canGoOn: canGoOn === 1,
  };
}
