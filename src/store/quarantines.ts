import type { Connection } from './connection.ts';
import type { Quarantine } from './check-records.ts';
import type { Store } from './store.ts';

/** Quarantines belong to hosts, not to runs: no lease guards them. */
export function prepareQuarantines(connection: Connection): Pick<Store, 'quarantine' | 'liftQuarantine' | 'listQuarantines'> {
  const put = connection.prepare(
    'INSERT INTO quarantines (host, reason, by, at) VALUES (@host, @reason, @by, @at) ON CONFLICT DO NOTHING',
  );
  const open = connection.prepare<[], Quarantine>(
    'SELECT host, reason, by, at FROM quarantines WHERE lifted_at IS NULL ORDER BY host',
  );
  const lift = connection.prepare<[string, number, string], Quarantine>(
    'UPDATE quarantines SET lifted_by = ?, lifted_at = ? WHERE host = ? AND lifted_at IS NULL RETURNING host, reason, by, at',
  );
  return {
    quarantine: (quarantine) => connection.write(() => put.run({ ...quarantine, at: Math.round(quarantine.at) }).changes === 1),
    liftQuarantine: (host, by, at) => connection.write(() => lift.get(by, Math.round(at), host) ?? null),
    listQuarantines: () => connection.read(() => open.all()),
  };
}
