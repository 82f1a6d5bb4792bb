import type { Connection } from './connection.ts';
import type { Guard } from './guard.ts';
import type { Remembered } from './check-records.ts';
import type { Store } from './store.ts';

export function prepareRemembered(connection: Connection, guard: Guard): Pick<Store, 'remember' | 'readRemembered'> {
  const put = connection.prepare(
    `INSERT INTO remembered (key, run, name, expected, observed, at) VALUES (@key, @run, @name, @expected, @observed, @at)
     ON CONFLICT DO NOTHING`,
  );
  const read = connection.prepare<[string], Remembered>(
    `SELECT runs.id AS run, expected, observed, at FROM remembered JOIN runs ON runs.number = remembered.run WHERE key = ?`,
  );
  return {
    remember: (lease, look) =>
      guard(
        lease,
        (run) => {
          put.run({ ...look, run, at: Math.round(look.at) });
          return true;
        },
        'later',
      ),
    readRemembered: (key) => connection.read(() => read.get(key) ?? null),
  };
}
