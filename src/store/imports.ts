import { writeLooks, writeWaiver } from './checks.ts';
import type { Connection } from './connection.ts';
import type { AddEvent } from './events.ts';
import type { PutStanding } from './looks.ts';
import type { PutOffset } from './offsets.ts';
import type { PutTry } from './tries.ts';
import type { InsertRun } from './runs.ts';
import type { Store } from './store.ts';
import type { PutWorkerState } from './workers.ts';

interface Parts {
  insertRun: InsertRun;
  addEvent: AddEvent;
  putOffset: PutOffset;
  putTry: PutTry;
  putWorkerState: PutWorkerState;
  putStanding: PutStanding;
}

/** Runs of a store that was lost. Nobody drives them yet; the token that their host has seen is kept, so that the next owner's is higher. */
export function prepareImports(connection: Connection, parts: Parts): Pick<Store, 'importRun'> {
  const isKnown = connection.prepare<[string], { number: number }>('SELECT number FROM runs WHERE id = ?');
  const setRecord = connection.prepare(
    `UPDATE runs SET state = @state, attempt = @attempt, health = @health, verdict = @verdict, message = @message,
       started_at = @startedAt, ended_at = @endedAt, outcome_result = @result, outcome_reason = @reason, outcome_exit_code = @exitCode,
       outcome_degraded = @degraded
     WHERE number = @number`,
  );
  const putLease = connection.prepare<[number, number]>(
    'INSERT INTO leases (run, token, user, host, pid, since, expires_at) VALUES (?, ?, NULL, NULL, NULL, 0, 0)',
  );
  const putCheck = connection.prepare(
    `INSERT INTO checks (run, phase, position, kind, name, status, result, expected, observed, message, seconds, waiver, workers)
     VALUES (@number, @phase, @position, @kind, @name, @status, @result, @expected, @observed, @message, @seconds, @waiver, @workers)`,
  );

  return {
    importRun: ({ run, record, token, workers, checks, criteria, flags, progress, tries, offsets, event }) =>
      connection.write(() => {
        if (isKnown.get(run.id) !== undefined) return false;
        const number = parts.insertRun(run);
        const { outcome, ...rest } = record;
        const { result = null, reason = null, exitCode = null, degraded = false } = outcome ?? {};
        setRecord.run({ ...rest, number, result, reason, exitCode, degraded: result === null ? null : Number(degraded) });
        putLease.run(number, token);
        for (const worker of workers) parts.putWorkerState(number, worker.index, worker.attempt, worker);
        for (const check of checks)
          putCheck.run({ ...check, number, waiver: writeWaiver(check.waiver), workers: writeLooks(check.workers) });
        for (const record of tries) parts.putTry(number, record);
        for (const offset of offsets) parts.putOffset(number, offset);
        parts.putStanding(number, { criteria, flags, progress });
        parts.addEvent(number, event);
        return true;
      }),
  };
}
