import type { EntryWorkers } from '../../playbook/entries/entry.ts';
import type { CheckRecord } from '../../store/check-records.ts';
import type { Drive } from '../drive.ts';
import type { Row } from '../entries/check-rows.ts';
import { decideEntry, type AskedEntry, type Lane } from '../entries/decide-entry.ts';
import type { Place } from '../entries/deeds/perform.ts';
import { mergeRows, type WorkerRow } from './merge-rows.ts';
import { allSettledOrThrow } from './on-all.ts';

/** What a person says, what is written down for one, and what is done to a host as a whole is done once. */
const once: readonly AskedEntry['deed']['kind'][] = ['question', 'note'];
/** What workers must have in common, whether or not the author says so. */
const common: readonly AskedEntry['deed']['kind'][] = ['git', 'python'];

/** An entry on the workers that it is for, as one row. `lanes`: one for each worker of the run. */
export async function decideOnWorkers(
  drive: Drive,
  entry: AskedEntry,
  place: Place,
  failed: CheckRecord | null,
  lanes: readonly Lane[],
): Promise<Row> {
  const { targets } = drive.plan;
  const on = once.includes(entry.deed.kind) ? 'first' : (entry.on ?? 'all');
  const chosen = chooseWorkers(drive, on);
  if (chosen.length === 0) return { name: entry.name, repeats: entry.repeats, ...noSuchWorker(targets.length, on) };
  const look = async (worker: Drive): Promise<WorkerRow> => {
    const lane = lanes[worker.target.index] ?? { doneAt: 0 };
    return { target: worker.target, row: await decideEntry(worker, entry, place, failed, lane) };
  };
  const rows = on === 'each' ? await inTurn(chosen, look) : await allSettledOrThrow(chosen.map(look));
  return mergeRows(targets, rows, { alike: entry.alike ?? common.includes(entry.deed.kind) });
}

function chooseWorkers({ workers }: Drive, on: EntryWorkers): readonly Drive[] {
  if (on === 'all' || on === 'each') return workers;
  return workers.slice(on === 'first' ? 0 : on).slice(0, 1);
}

/** After one that failed the next is not begun. */
async function inTurn(workers: readonly Drive[], look: (worker: Drive) => Promise<WorkerRow>): Promise<WorkerRow[]> {
  const rows: WorkerRow[] = [];
  for (const worker of workers) {
    const found = await look(worker);
    rows.push(found);
    if (found.row.result === 'fail' || found.row.result === 'error') break;
  }
  return rows;
}

function noSuchWorker(count: number, on: EntryWorkers): Omit<Row, 'name' | 'repeats'> {
  const observed = count === 1 ? 'one, worker 0' : `${count}, workers 0 to ${count - 1}`;
  return {
    result: 'error',
    expected: `a worker ${on}`,
    observed,
    message: 'say "on" for a worker that the run has',
    seconds: null,
  };
}
