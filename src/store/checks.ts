import type { Phase } from '../lifecycle/states.ts';
import type { Connection } from './connection.ts';
import type { AddEvent } from './events.ts';
import type { Guard } from './guard.ts';
import { parseStored } from './failures.ts';
import type { CheckRecord, Waiver, WorkerLook } from './check-records.ts';
import type { Store } from './store.ts';

type StoredCheck = Omit<CheckRecord, 'waiver' | 'workers'> & { waiver: string | null; workers: string | null };

type Checks = Pick<Store, 'planChecks' | 'claimCheck' | 'settleCheck' | 'readChecks'>;

/** A look can be made again, and what was begun on a host is claimed there. */
const durability = 'later';

const order: Record<Phase, number> = { requirements: 0, prepare: 1, validate: 2, launch: 3, monitor: 4, verify: 5, rollback: 6 };

export function prepareChecks(connection: Connection, guard: Guard, addEvent: AddEvent): Checks {
  const plan = connection.prepare(
    'INSERT INTO checks (run, phase, position, kind, name) VALUES (@run, @phase, @position, @kind, @name) ON CONFLICT DO NOTHING',
  );
  const claim = connection.prepare<[number, Phase, number]>(
    `UPDATE checks SET status = 'claimed' WHERE run = ? AND phase = ? AND position = ? AND status <> 'settled'`,
  );
  const settle = connection.prepare(
    `UPDATE checks SET status = 'settled', result = @result, expected = @expected, observed = @observed, message = @message, seconds = @seconds,
       waiver = @waiver, workers = @workers
     WHERE run = @run AND phase = @phase AND position = @position AND status = 'claimed'`,
  );
  const read = connection.prepare<[string], StoredCheck>(
    `SELECT phase, position, checks.kind, name, status, result, expected, observed, checks.message, seconds, waiver, workers
     FROM checks JOIN runs ON runs.number = checks.run WHERE runs.id = ?`,
  );

  return {
    planChecks: (lease, checks) =>
      guard(
        lease,
        (run) => {
          for (const { phase, position, kind, name } of checks) plan.run({ run, phase, position, kind, name });
          return true;
        },
        durability,
      ),
    claimCheck: (lease, phase, position) => guard(lease, (run) => claim.run(run, phase, position).changes === 1, durability),
    settleCheck: (lease, phase, position, { waiver, workers, ...settlement }, event) =>
      guard(
        lease,
        (run) => {
          if (
            settle.run({ run, phase, position, ...settlement, waiver: writeWaiver(waiver), workers: writeLooks(workers) })
              .changes === 0
          )
            return false;
          addEvent(run, event);
          return true;
        },
        durability,
      ),
    readChecks: (run) =>
      connection
        .read(() => read.all(run))
        .map((check) => ({
          ...check,
          waiver: readWaiver(check.waiver, connection.file),
          workers: readLooks(check.workers, connection.file),
        }))
        .sort((a, b) => order[a.phase] - order[b.phase] || a.position - b.position),
  };
}

export function writeWaiver(waiver: Waiver | null | undefined): string | null {
  return waiver == null ? null : JSON.stringify(waiver);
}

export function writeLooks(workers: readonly WorkerLook[] | null | undefined): string | null {
  return workers == null ? null : JSON.stringify(workers);
}

function readLooks(text: string | null, file: string): WorkerLook[] | null {
  return text === null ? null : (parseStored(text, file) as WorkerLook[]);
}

function readWaiver(text: string | null, file: string): Waiver | null {
  return text === null ? null : (parseStored(text, file) as Waiver);
}
