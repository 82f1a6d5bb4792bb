import type { DutyRecord } from './attempt-records.ts';
import type { Connection } from './connection.ts';
import type { AddEvent } from './events.ts';
import type { Guard } from './guard.ts';
import type { Store } from './store.ts';

type Duties = Pick<Store, 'planDuties' | 'recordDuty' | 'settleDuty' | 'readDuties'>;

/**
 * What a controller finds of a duty needs its lease; a person settles one while somebody else drives. The first settlement stays; what
 * was missed a person may still see to.
 */
export function prepareDuties(connection: Connection, guard: Guard, addEvent: AddEvent): Duties {
  const plan = connection.prepare(
    `INSERT INTO duties (run, position, name, due, due_at, state) VALUES (@run, @position, @name, @due, @dueAt, 'waiting')
     ON CONFLICT DO NOTHING`,
  );
  const put = connection.prepare(
    `UPDATE duties SET due_at = @dueAt, state = @state, observed = @observed, message = @message, by = @by, at = @at
     WHERE run = @run AND position = @position AND (state IN ('waiting', 'due') OR (state = 'missed' AND @by IS NOT NULL))`,
  );
  const find = connection.prepare<[string], { number: number }>('SELECT number FROM runs WHERE id = ?');
  const read = connection.prepare<[string], DutyRecord>(
    `SELECT position, name, due, due_at AS dueAt, duties.state, observed, duties.message, by, at
     FROM duties JOIN runs ON runs.number = duties.run WHERE runs.id = ? ORDER BY position`,
  );
  const write = (run: number, duty: DutyRecord, event: Parameters<AddEvent>[1] | null): boolean => {
    const { position, dueAt, state, observed, message, by, at } = duty;
    const times = { dueAt: dueAt === null ? null : Math.round(dueAt), at: at === null ? null : Math.round(at) };
    if (put.run({ run, position, state, observed, message, by, ...times }).changes === 0) return false;
    if (event !== null) addEvent(run, event);
    return true;
  };

  return {
    planDuties: (lease, duties) =>
      guard(lease, (run) => {
        for (const { position, name, due, dueAt } of duties) plan.run({ run, position, name, due, dueAt });
        return true;
      }),
    recordDuty: (lease, duty, event) =>
      guard(lease, (run) => {
        write(run, duty, event);
        return true;
      }),
    settleDuty: (id, duty, event) =>
      connection.write(() => {
        const run = find.get(id)?.number;
        return run !== undefined && write(run, duty, event);
      }),
    readDuties: (run) => connection.read(() => read.all(run)),
  };
}
