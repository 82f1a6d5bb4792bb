import type { EntryWorkers } from '../../playbook/entries/entry.ts';
import { detachedExecutor } from '../../remote/detached/executor.ts';
import type { CheckRecord } from '../../store/check-records.ts';
import type { TargetRecord } from '../../store/records.ts';
import type { Drive } from '../drive.ts';
import { isTrouble, type Row } from '../entries/check-rows.ts';
import { decideEntry, type AskedEntry, type Lane, type Recall } from '../entries/decide-entry.ts';
import type { Place } from '../entries/deeds/place.ts';
import { recall, type Memory } from '../entries/remembered.ts';
import { isUnit, unitName } from '../entries/schedule.ts';
import { mergeRows, type WorkerRow } from './merge-rows.ts';
import { nameWorker } from './name-workers.ts';
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
  const remembered = recallTogether(chosen);
  const look = async (worker: Drive): Promise<WorkerRow> => {
    const lane = lanes[worker.target.index] ?? { doneAt: 0 };
    return { target: worker.target, row: await decideEntry(worker, entry, place, failed, lane, remembered) };
  };
  const rows = on === 'each' ? await inTurn(chosen, look) : await sideBySide(chosen, look, { entry, place });
  return mergeRows(targets, rows, { alike: entry.alike === true || common.includes(entry.deed.kind) });
}

/** A check of all workers together says nothing when one of them looks alone: what one does not remember, none does. */
function recallTogether(workers: readonly Drive[]): Recall {
  let asked: Promise<{ worker: Drive; memory: Memory }[]> | null = null;
  return async (drive, entry) => {
    asked ??= allSettledOrThrow(workers.map(async (worker) => ({ worker, memory: await recall(worker, entry) })));
    const all = await asked;
    const own = all.find(({ worker }) => worker === drive)?.memory ?? (await recall(drive, entry));
    return all.every(({ memory }) => memory.row !== null) ? own : { ...own, row: null };
  };
}

function chooseWorkers({ workers }: Drive, on: EntryWorkers): readonly Drive[] {
  if (on === 'all' || on === 'each') return workers;
  return workers.slice(on === 'first' ? 0 : on).slice(0, 1);
}

/**
 * A check that fails on one worker is stopped on the others: where they work together, those wait for it for ever. What changes something is left to come to
 * its end.
 */
async function sideBySide(
  workers: readonly Drive[],
  look: (worker: Drive) => Promise<WorkerRow>,
  { entry, place }: { entry: AskedEntry; place: Place },
): Promise<WorkerRow[]> {
  const open = new Set(workers);
  const stopped = new Map<TargetRecord, string>();
  const mayStop = workers.length > 1 && entry.kind === 'check' && isUnit(entry);
  return allSettledOrThrow(
    workers.map(async (worker) => {
      const found = await look(worker);
      open.delete(worker);
      const why = stopped.get(worker.target);
      if (why !== undefined && isTrouble(found.row)) return { ...found, row: { ...found.row, observed: why, message: null } };
      if (mayStop && isTrouble(found.row) && stopped.size === 0) {
        const because = `stopped, since ${nameWorker(worker.plan.targets, worker.target)} failed`;
        for (const other of open) stopped.set(other.target, because);
        await allSettledOrThrow([...open].map((other) => stopEntry(other, entry, place, because)));
      }
      return found;
    }),
  );
}

async function stopEntry(worker: Drive, entry: AskedEntry, place: Place, because: string): Promise<void> {
  const { attempt } = worker.record();
  for (let number = 1; number <= (entry.retry?.times ?? 1); number++) {
    const unit = { attempt, worker: worker.target.index, unit: unitName(place, number) };
    await worker.session.call(detachedExecutor.stopUnit(worker.actor, unit, because));
  }
}

/** After one that failed the next is not begun. */
async function inTurn(workers: readonly Drive[], look: (worker: Drive) => Promise<WorkerRow>): Promise<WorkerRow[]> {
  const rows: WorkerRow[] = [];
  for (const worker of workers) {
    const found = await look(worker);
    rows.push(found);
    if (isTrouble(found.row)) break;
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
