import type { Connection, Durability } from './connection.ts';
import type { Lease } from './records.ts';

/**
 * Runs `work` on the run's number in one transaction, if the lease is still the newest and not given back. False when it is not, or when
 * `work` says that the record had moved on.
 */
export type Guard = (lease: Lease, work: (run: number) => boolean, durability?: Durability) => boolean;

export function prepareGuard(connection: Connection): Guard {
  const find = connection.prepare<[string, number], { run: number }>(
    `SELECT leases.run FROM leases JOIN runs ON runs.number = leases.run
     WHERE runs.id = ? AND leases.token = ? AND leases.user IS NOT NULL`,
  );
  return (lease, work, durability) =>
    connection.write(() => {
      const found = find.get(lease.run, lease.token);
      return found !== undefined && work(found.run);
    }, durability);
}
