import type { Connection } from './connection.ts';
import { parseStored } from './failures.ts';
import type { Store } from './store.ts';

/** Facts belong to hosts, not to runs: no lease guards them, those recorded last stay. */
export function prepareFacts(connection: Connection): Pick<Store, 'recordFacts' | 'readFacts'> {
  const put = connection.prepare<[string, number, string, number]>(
    `INSERT INTO facts (host, worker, facts, at) VALUES (?, ?, ?, ?)
     ON CONFLICT (host, worker) DO UPDATE SET facts = excluded.facts, at = excluded.at`,
  );
  const read = connection.prepare<[string, number], { facts: string; at: number }>(
    'SELECT facts, at FROM facts WHERE host = ? AND worker = ?',
  );
  return {
    recordFacts: (host, worker, facts, at) => {
      connection.write(() => put.run(host, worker, facts, Math.round(at)), 'later');
    },
    readFacts: (host, worker) => {
      const row = connection.read(() => read.get(host, worker));
      return row === undefined ? null : { facts: parseStored(row.facts, connection.file), at: row.at };
    },
  };
}
