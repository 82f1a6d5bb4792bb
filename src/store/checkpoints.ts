import type { CheckpointRecord } from './attempt-records.ts';
import type { Connection } from './connection.ts';
import type { AddEvent } from './events.ts';
import type { Guard } from './guard.ts';
import type { Store } from './store.ts';

/** Filed by worker and path: what is known of one grows, and when it was first seen stays. */
export function prepareCheckpoints(
  connection: Connection,
  guard: Guard,
  addEvent: AddEvent,
): Pick<Store, 'recordCheckpoint' | 'readCheckpoints'> {
  const put = connection.prepare(
    `INSERT INTO checkpoints (run, worker, path, attempt, step, size, found_at, state, message, sha256, metric, back_up, backed_up_at)
     VALUES (@run, @worker, @path, @attempt, @step, @size, @foundAt, @state, @message, @sha256, @metric, @backUp, @backedUpAt)
     ON CONFLICT (run, worker, path) DO UPDATE SET attempt = excluded.attempt, step = excluded.step, size = excluded.size,
       state = excluded.state, message = excluded.message, sha256 = excluded.sha256, metric = excluded.metric,
       back_up = excluded.back_up, backed_up_at = excluded.backed_up_at`,
  );
  const read = connection.prepare<[string], CheckpointRecord>(
    `SELECT worker, path, checkpoints.attempt, step, size, found_at AS foundAt, checkpoints.state, checkpoints.message, sha256, metric,
       back_up AS backUp, backed_up_at AS backedUpAt
     FROM checkpoints JOIN runs ON runs.number = checkpoints.run WHERE runs.id = ? ORDER BY checkpoints.number`,
  );
  return {
    recordCheckpoint: (lease, checkpoint, event) =>
      guard(lease, (run) => {
        const { foundAt, backedUpAt } = checkpoint;
        put.run({
          ...checkpoint,
          run,
          foundAt: Math.round(foundAt),
          backedUpAt: backedUpAt === null ? null : Math.round(backedUpAt),
        });
        if (event !== null) addEvent(run, event);
        return true;
      }),
    readCheckpoints: (run) => connection.read(() => read.all(run)),
  };
}
