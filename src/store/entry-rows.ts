import type { Connection } from './connection.ts';
import { parseStored } from './failures.ts';

export const inTurn = 'ORDER BY entry.priority DESC, entry.number';

export const runsOfEntry = `CASE WHEN EXISTS (SELECT 1 FROM queue_runs WHERE queue_runs.entry = entry.number) THEN
    json((SELECT json_group_array(runs.id ORDER BY runs.number) FROM queue_runs JOIN runs ON runs.number = queue_runs.run
     WHERE queue_runs.entry = entry.number)) END`;

/** There may be ten thousand entries: a row as one text is read twice as fast as value by value. */
export function prepareRows<Row, Params extends unknown[]>(connection: Connection, columns: string, where: string) {
  const statement = connection
    .prepare<Params, string>(
      `SELECT json_array(${columns}) FROM queue_entries AS entry LEFT JOIN queue_entries AS before ON before.number = entry.after ${where}`,
    )
    .pluck();
  return (...params: Params): Row[] =>
    connection.read(() => statement.all(...params)).map((text) => parseStored(text, connection.file) as Row);
}
