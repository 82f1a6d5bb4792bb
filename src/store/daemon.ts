import type { Connection } from './connection.ts';
import { expiryAfter, isHeld } from './held.ts';
import { readOwner } from './owner.ts';
import type { DaemonRecord } from './queue-records.ts';
import type { Owner } from './records.ts';
import type { Store } from './store.ts';

type Daemon = Pick<Store, 'takeQueue' | 'renewQueue' | 'releaseQueue' | 'queueHolder'>;

interface Row extends Omit<Owner, 'user'> {
  token: number;
  what: string;
  user: string | null;
  since: number;
  lookedAt: number;
  expiresAt: number;
  expiresUptime: number | null;
}

/** Who may see to the queue of this folder: one process. The rules are those of the lease of a run. */
export function prepareDaemon(connection: Connection): Daemon {
  const read = connection.prepare<[], Row>(
    `SELECT token, what, user, host, pid, start_ticks AS startTicks, boot_id AS bootId, pid_namespace AS pidNamespace, since,
       looked_at AS lookedAt, expires_at AS expiresAt, expires_uptime AS expiresUptime FROM daemon`,
  );
  const replace = connection.prepare(
    `INSERT OR REPLACE INTO daemon (one, token, what, user, host, pid, start_ticks, boot_id, pid_namespace, since, looked_at, expires_at,
       expires_uptime)
     VALUES (1, @token, @what, @user, @host, @pid, @startTicks, @bootId, @pidNamespace, @now, @now, @expiresAt, @expiresUptime)`,
  );
  const renew = connection.prepare(
    `UPDATE daemon SET looked_at = @now, expires_at = @expiresAt, expires_uptime = @expiresUptime
     WHERE token = @token AND user IS NOT NULL`,
  );
  const release = connection.prepare<[number]>('UPDATE daemon SET user = NULL WHERE token = ?');
  let observer: Owner | null = null;

  return {
    takeQueue: (owner, what, { ttlMs, ...moment }) =>
      connection.write(() => {
        const row = read.get();
        const holder = holderOf(row);
        if (row !== undefined && holder !== null && isHeld({ owner: holder.owner, expiry: row }, owner, moment))
          return { taken: false, holder };
        const token = (row?.token ?? 0) + 1;
        replace.run({ pidNamespace: null, ...owner, token, what, now: Math.round(moment.now), ...expiryAfter(ttlMs, moment) });
        return { taken: true, lease: { queueToken: token } };
      }),
    renewQueue: ({ queueToken: token }, { ttlMs, ...moment }) =>
      connection.write(
        () => renew.run({ token, now: Math.round(moment.now), ...expiryAfter(ttlMs, moment) }).changes === 1,
        'later',
      ),
    releaseQueue: ({ queueToken: token }) => connection.write(() => release.run(token).changes === 1, 'later'),
    queueHolder: (moment) => {
      const row = connection.read(() => read.get());
      const holder = holderOf(row);
      observer ??= readOwner();
      if (row === undefined || holder === null) return null;
      return isHeld({ owner: holder.owner, expiry: row }, observer, moment) ? holder : null;
    },
  };
}

function holderOf(row: Row | undefined): DaemonRecord | null {
  if (row === undefined || row.user === null) return null;
  const { what, user, host, pid, startTicks, bootId, pidNamespace = null, since, lookedAt } = row;
  return { owner: { user, host, pid, startTicks, bootId, pidNamespace }, what, since, lookedAt };
}
