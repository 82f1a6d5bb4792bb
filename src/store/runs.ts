import type { Outcome } from '../lifecycle/states.ts';
import type { Connection } from './connection.ts';
import type { AddEvent } from './events.ts';
import type { NewRun, RunRecord } from './records.ts';
import type { Store } from './store.ts';

type Runs = Pick<Store, 'createRun' | 'readRun' | 'findRuns' | 'listRuns' | 'activeRuns' | 'listUnswept' | 'recordSwept'>;

interface RunRow extends Omit<RunRecord, 'outcome'> {
  outcomeResult: Outcome['result'] | null;
  outcomeReason: string | null;
  outcomeExitCode: number | null;
  outcomeDegraded: number | null;
}

const columns = `id, kind, playbook, point, profile, executor, plan, per_hour AS perHour, currency, state, attempt, health, reachability,
  reachability_since AS reachabilitySince, next_try_at AS nextTryAt, evidence, observed_at AS observedAt, verdict, outcome_result AS outcomeResult,
  outcome_reason AS outcomeReason, outcome_exit_code AS outcomeExitCode, outcome_degraded AS outcomeDegraded, message,
  created_at AS createdAt, started_at AS startedAt, ended_at AS endedAt`;
const from = 'FROM runs JOIN plans ON plans.run = runs.number';

/** Writes a queued run with its plan and targets inside a transaction that somebody else has begun, and returns its number. */
export type InsertRun = (run: NewRun) => number;

export function prepareInsertRun(connection: Connection): InsertRun {
  const insertRun = connection.prepare(
    `INSERT INTO runs (id, kind, playbook, point, profile, executor, per_hour, currency, created_at, state, attempt, health, reachability)
     VALUES (@id, @kind, @playbook, @point, @profile, @executor, @perHour, @currency, @createdAt, 'queued', 1, 'unknown', 'unknown')`,
  );
  const insertPlan = connection.prepare('INSERT INTO plans (run, plan) VALUES (?, ?)');
  const insertTarget = connection.prepare(
    'INSERT INTO targets (run, position, role, host, worker, address) VALUES (@run, @index, @role, @host, @worker, @address)',
  );
  return ({ plan, targets, ...run }) => {
    const number = Number(insertRun.run(run).lastInsertRowid);
    insertPlan.run(number, plan);
    for (const target of targets) insertTarget.run({ ...target, run: number });
    return number;
  };
}

export function prepareRuns(connection: Connection, insertRun: InsertRun, addEvent: AddEvent): Runs {
  const readOne = connection.prepare<[string], RunRow>(`SELECT ${columns} ${from} WHERE id = ?`);
  const readActive = connection.prepare<[], RunRow>(`SELECT ${columns} ${from} WHERE ended_at IS NULL ORDER BY number DESC`);
  const readAll = connection.prepare<[], RunRow>(`SELECT ${columns} ${from} ORDER BY number DESC`);
  const readSince = connection.prepare<[number], RunRow>(
    `SELECT ${columns} ${from} WHERE ended_at IS NULL OR ended_at >= ? ORDER BY number DESC`,
  );
  // U+10FFFF sorts after every character that an id can hold.
  const readByPrefix = connection.prepare<[string, string], RunRow>(
    `SELECT ${columns} ${from} WHERE id >= ? AND id < ? || char(0x10ffff) ORDER BY number DESC`,
  );

  const readUnswept = connection.prepare<[string, number], { id: string }>(
    `SELECT DISTINCT runs.id FROM runs JOIN targets ON targets.run = runs.number
     WHERE host = ? AND kind = 'launch' AND ended_at < ? AND swept_at IS NULL ORDER BY runs.number`,
  );
  const markSwept = connection.prepare<[number, string]>('UPDATE runs SET swept_at = ? WHERE id = ?');

  const readRun = (id: string): RunRecord | null => {
    const row = connection.read(() => readOne.get(id));
    return row === undefined ? null : toRecord(row);
  };
  const list = (read: () => RunRow[]): RunRecord[] => connection.read(read).map(toRecord);

  return {
    createRun: (run, event) => {
      connection.write(() => addEvent(insertRun(run), event));
    },
    readRun,
    findRuns: (prefix) => {
      const exact = readRun(prefix);
      if (exact !== null) return [exact];
      return prefix === '' ? [] : list(() => readByPrefix.all(prefix, prefix));
    },
    listRuns: (endedSince) => list(() => (endedSince === null ? readAll.all() : readSince.all(endedSince))),
    activeRuns: () => list(() => readActive.all()),
    listUnswept: (host, endedBefore) => connection.read(() => readUnswept.all(host, Math.round(endedBefore))).map(({ id }) => id),
    recordSwept: (ids, at) => {
      connection.write(() => {
        for (const id of ids) markSwept.run(Math.round(at), id);
      }, 'later');
    },
  };
}

function toRecord({ outcomeResult, outcomeReason, outcomeExitCode, outcomeDegraded, ...row }: RunRow): RunRecord {
  const outcome =
    outcomeResult === null
      ? null
      : { result: outcomeResult, reason: outcomeReason, exitCode: outcomeExitCode, degraded: outcomeDegraded === 1 };
  return { ...row, outcome };
}
