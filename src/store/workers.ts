import type { Connection } from './connection.ts';
import type { AddEvent } from './events.ts';
import type { Guard } from './guard.ts';
import type { HostClaim, WorkerRecord, WorkerState } from './records.ts';
import type { Store } from './store.ts';

type Workers = Pick<Store, 'recordWorker' | 'readWorkers' | 'recordHostClaim' | 'readHostClaims'>;

/** Writes how a worker stands, inside a transaction that somebody else has begun. */
export type PutWorkerState = (run: number, target: number, attempt: number | null, state: WorkerState) => void;

/** The attempt null is the present one of the run. */
export function preparePutWorkerState(connection: Connection): PutWorkerState {
  const put = connection.prepare(
    `INSERT INTO attempts (run, target, attempt, pid, state, exit_code, incarnation)
     VALUES (@run, @target, coalesce(@attempt, (SELECT attempt FROM runs WHERE number = @run)), @pid, @state, @exitCode, @incarnation)
     ON CONFLICT (run, target, attempt) DO UPDATE SET pid = excluded.pid, state = excluded.state, exit_code = excluded.exit_code,
       incarnation = excluded.incarnation`,
  );
  return (run, target, attempt, { pid, state, exitCode, incarnation }) => {
    put.run({ run, target, attempt, pid, state, exitCode, incarnation });
  };
}

export function prepareWorkers(
  connection: Connection,
  guard: Guard,
  addEvent: AddEvent,
  putWorkerState: PutWorkerState,
): Workers {
  const raiseAttempt = connection.prepare('UPDATE runs SET attempt = max(attempt, ?) WHERE number = ?');
  const learnAddress = connection.prepare('UPDATE targets SET address = ? WHERE run = ? AND position = ?');
  const read = connection.prepare<[string], WorkerRecord>(
    `SELECT targets.position AS "index", role, host, worker, address, coalesce(attempts.attempt, runs.attempt) AS attempt, pid,
       coalesce(attempts.state, 'pending') AS state, exit_code AS exitCode, incarnation
     FROM runs JOIN targets ON targets.run = runs.number
     LEFT JOIN attempts ON attempts.run = targets.run AND attempts.target = targets.position
       AND attempts.attempt = (SELECT max(attempt) FROM attempts WHERE run = targets.run AND target = targets.position)
     WHERE runs.id = ? ORDER BY targets.position`,
  );
  const putClaim = connection.prepare(
    `INSERT INTO host_claims (run, host, worker, machine, claimed_at, released_at)
     VALUES (@run, @host, @worker, @machine, @claimedAt, @releasedAt)
     ON CONFLICT (run, host, worker) DO UPDATE SET machine = excluded.machine, claimed_at = excluded.claimed_at,
       released_at = excluded.released_at`,
  );
  const readClaims = connection.prepare<[string], HostClaim>(
    `SELECT host, worker, machine, claimed_at AS claimedAt, released_at AS releasedAt
     FROM host_claims JOIN runs ON runs.number = host_claims.run WHERE runs.id = ? ORDER BY host, worker`,
  );

  return {
    recordWorker: (lease, worker, event) =>
      guard(lease, (run) => {
        putWorkerState(run, worker.index, worker.attempt, worker);
        raiseAttempt.run(worker.attempt, run);
        if (worker.address !== null) learnAddress.run(worker.address, run, worker.index);
        if (event !== null) addEvent(run, event);
        return true;
      }),
    readWorkers: (run) => connection.read(() => read.all(run)),
    recordHostClaim: (lease, claim) => guard(lease, (run) => putClaim.run({ ...claim, run }).changes === 1),
    readHostClaims: (run) => connection.read(() => readClaims.all(run)),
  };
}
