import type { Connection } from './connection.ts';
import type { Guard } from './guard.ts';
import { isKnownDead, readOwner } from './owner.ts';
import type { Owner, Store } from './store.ts';

type Leases = Pick<Store, 'takeLease' | 'renewLease' | 'releaseLease' | 'holder'>;

interface LeaseRow {
  token: number;
  user: string | null;
  host: string;
  pid: number;
  startTicks: number | null;
  bootId: string | null;
  pidNamespace: string | null;
  since: number;
  expiresAt: number;
}

interface Holder {
  owner: Owner;
  since: number;
  expiresAt: number;
}

/**
 * Who may drive a run. An owner known dead on this machine is replaced at once; every other one, also a live process that was suspended, holds the
 * lease until it expires.
 */
export function prepareLeases(connection: Connection, guard: Guard): Leases {
  const read = connection.prepare<[string], LeaseRow>(
    `SELECT token, user, host, pid, start_ticks AS startTicks, boot_id AS bootId, pid_namespace AS pidNamespace, since, expires_at AS expiresAt
     FROM leases JOIN runs ON runs.number = leases.run WHERE runs.id = ?`,
  );
  const replace = connection.prepare(
    `INSERT INTO leases (run, token, user, host, pid, start_ticks, boot_id, pid_namespace, since, expires_at)
     VALUES ((SELECT number FROM runs WHERE id = @run), @token, @user, @host, @pid, @startTicks, @bootId, @pidNamespace, @since, @expiresAt)
     ON CONFLICT (run) DO UPDATE SET token = excluded.token, user = excluded.user, host = excluded.host, pid = excluded.pid,
       start_ticks = excluded.start_ticks, boot_id = excluded.boot_id, pid_namespace = excluded.pid_namespace,
       since = excluded.since, expires_at = excluded.expires_at`,
  );
  const renew = connection.prepare('UPDATE leases SET expires_at = ? WHERE run = ?');
  const release = connection.prepare('UPDATE leases SET user = NULL WHERE run = ?');

  let observer: Owner | null = null;

  return {
    takeLease: (run, owner, { ttlMs, now, takeOver }) =>
      connection.write(() => {
        const row = read.get(run);
        const holder = holderOf(row);
        if (holder !== null && !takeOver && isHeld(holder, owner, now)) return { taken: false, ...holder };
        const token = (row?.token ?? 0) + 1;
        replace.run({ pidNamespace: null, ...owner, run, token, since: now, expiresAt: now + ttlMs });
        return { taken: true, lease: { run, token }, previous: holder?.owner ?? null };
      }),
    renewLease: (lease, expiresAt) => guard(lease, (run) => renew.run(expiresAt, run).changes === 1, 'later'),
    releaseLease: (lease) => guard(lease, (run) => release.run(run).changes === 1, 'later'),
    holder: (run, now) => {
      const holder = holderOf(connection.read(() => read.get(run)));
      observer ??= readOwner();
      return holder !== null && isHeld(holder, observer, now) ? holder : null;
    },
  };
}

function isHeld(holder: Holder, observer: Owner, now: number): boolean {
  return now < holder.expiresAt && !isKnownDead(holder.owner, observer);
}

function holderOf(row: LeaseRow | undefined): Holder | null {
  if (row === undefined || row.user === null) return null;
  const { user, host, pid, startTicks, bootId, pidNamespace, since, expiresAt } = row;
  return { owner: { user, host, pid, startTicks, bootId, pidNamespace }, since, expiresAt };
}
