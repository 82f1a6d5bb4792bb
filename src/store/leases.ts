import type { Connection } from './connection.ts';
import type { Guard } from './guard.ts';
import { expiryAfter, isHeld, type Held } from './held.ts';
import { readOwner } from './owner.ts';
import type { Owner } from './records.ts';
import type { Store } from './store.ts';

type Leases = Pick<Store, 'takeLease' | 'renewLease' | 'releaseLease' | 'holder' | 'isGivenBack'>;

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
  expiresUptime: number | null;
}

interface Holder extends Held {
  since: number;
}

/**
 * Who may drive a run. An owner known dead on this machine is replaced at once; every other one, also a live process that was suspended, holds the
 * lease until it expires: by the time since boot where that is the owner's and ours alike, else by the wall clock, which may have been set meanwhile.
 */
export function prepareLeases(connection: Connection, guard: Guard): Leases {
  const read = connection.prepare<[string], LeaseRow>(
    `SELECT token, user, host, pid, start_ticks AS startTicks, boot_id AS bootId, pid_namespace AS pidNamespace, since,
       expires_at AS expiresAt, expires_uptime AS expiresUptime
     FROM leases JOIN runs ON runs.number = leases.run WHERE runs.id = ?`,
  );
  const replace = connection.prepare(
    `INSERT INTO leases (run, token, user, host, pid, start_ticks, boot_id, pid_namespace, since, expires_at, expires_uptime)
     VALUES ((SELECT number FROM runs WHERE id = @run), @token, @user, @host, @pid, @startTicks, @bootId, @pidNamespace, @since, @expiresAt,
       @expiresUptime)
     ON CONFLICT (run) DO UPDATE SET token = excluded.token, user = excluded.user, host = excluded.host, pid = excluded.pid,
       start_ticks = excluded.start_ticks, boot_id = excluded.boot_id, pid_namespace = excluded.pid_namespace,
       since = excluded.since, expires_at = excluded.expires_at, expires_uptime = excluded.expires_uptime`,
  );
  const renew = connection.prepare('UPDATE leases SET expires_at = @expiresAt, expires_uptime = @expiresUptime WHERE run = @run');
  const release = connection.prepare('UPDATE leases SET user = NULL WHERE run = ?');

  let observer: Owner | null = null;

  return {
    takeLease: (run, owner, { ttlMs, takeOver, above = 0, ...moment }) =>
      connection.write(() => {
        const row = read.get(run);
        const holder = holderOf(row);
        if (holder !== null && !takeOver && isHeld(holder, owner, moment)) return { taken: false, ...nameOf(holder) };
        const token = Math.max(row?.token ?? 0, above) + 1;
        replace.run({ pidNamespace: null, ...owner, run, token, since: Math.round(moment.now), ...expiryAfter(ttlMs, moment) });
        return { taken: true, lease: { run, token }, previous: holder?.owner ?? null };
      }),
    renewLease: (lease, { ttlMs, ...moment }) =>
      guard(lease, (run) => renew.run({ run, ...expiryAfter(ttlMs, moment) }).changes === 1, 'later'),
    releaseLease: (lease) => guard(lease, (run) => release.run(run).changes === 1, 'later'),
    holder: (run, moment) => {
      const holder = holderOf(connection.read(() => read.get(run)));
      observer ??= readOwner();
      return holder !== null && isHeld(holder, observer, moment) ? nameOf(holder) : null;
    },
    isGivenBack: (run) => connection.read(() => read.get(run))?.user === null,
  };
}

function nameOf({ owner, since }: Holder): { owner: Owner; since: number } {
  return { owner, since };
}

function holderOf(row: LeaseRow | undefined): Holder | null {
  if (row === undefined || row.user === null) return null;
  const { user, host, pid, startTicks, bootId, pidNamespace, since, expiresAt, expiresUptime } = row;
  return { owner: { user, host, pid, startTicks, bootId, pidNamespace }, since, expiry: { expiresAt, expiresUptime } };
}
