import type { Connection } from './connection.ts';
import { jobSeconds } from './job-seconds.ts';
import type { Store } from './store.ts';

/** How long work of a kind has taken, from the start of its job on. */
export function prepareWorkDone(connection: Connection): Pick<Store, 'readWorkSeconds'> {
  // What went on from another run has done a part alone.
  const whole = connection.prepare<[string, string, string | null], { seconds: number }>(
    `SELECT ${jobSeconds} AS seconds FROM runs JOIN targets ON targets.run = runs.number
     WHERE playbook = ? AND host = ? AND kind = 'launch' AND outcome_result = 'succeeded' AND started_at IS NOT NULL AND ended_at > started_at
       AND NOT EXISTS (SELECT 1 FROM queue_runs AS this JOIN queue_runs AS earlier ON earlier.entry = this.entry AND earlier.run < this.run
         WHERE this.run = runs.number)
     ORDER BY point IS ? DESC, runs.number DESC LIMIT 1`,
  );
  const rated = connection.prepare<[string, string, string | null], { seconds: number }>(
    `SELECT of_steps / rate_per_second AS seconds FROM runs JOIN targets ON targets.run = runs.number JOIN progress ON progress.run = runs.number
     WHERE playbook = ? AND host = ? AND kind = 'launch' AND rate_per_second > 0 AND of_steps IS NOT NULL
     ORDER BY point IS ? DESC, runs.number DESC LIMIT 1`,
  );
  return {
    readWorkSeconds: (playbook, host, point) =>
      connection.read(() => whole.get(playbook, host, point) ?? rated.get(playbook, host, point))?.seconds ?? null,
  };
}
