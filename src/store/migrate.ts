import type { Connection } from './connection.ts';
import { foreignDatabase, newerDatabase } from './failures.ts';
import { first } from './migrations/0001-first.ts';
import { second } from './migrations/0002-returns.ts';
import { third } from './migrations/0003-preflight.ts';
import { fourth } from './migrations/0004-monitor.ts';
import { fifth } from './migrations/0005-gangs.ts';
import { sixth } from './migrations/0006-queue.ts';
import { seventh } from './migrations/0007-outbox.ts';

/** In order; the version of a database is how many of them it has. Released ones never change. */
export const migrations: readonly string[] = [first, second, third, fourth, fifth, sixth, seventh];

/** "flee": tells our database from another program's. */
const applicationId = 0x666c6565;

/** Each migration is committed together with its number, so that a crash leaves one version or the next. */
export function migrate(connection: Connection): void {
  for (let version = checkVersion(connection); version < migrations.length; version = checkVersion(connection)) {
    apply(connection, version);
  }
}

/** The version, of a database that is ours and not too new; any other is refused and not changed. */
export function checkVersion(connection: Connection): number {
  const { version, application, tables } = connection.snapshot(() => ({
    version: Number(connection.readPragma('user_version')),
    application: Number(connection.readPragma('application_id')),
    tables: countTables(connection),
  }));
  const isBlank = application === 0 && version === 0 && tables === 0;
  if (application !== applicationId && !isBlank) throw foreignDatabase(connection.file);
  if (version > migrations.length) throw newerDatabase(connection.file, version, migrations.length);
  return version;
}

function apply(connection: Connection, version: number): void {
  connection.write(() => {
    const movedOn = Number(connection.readPragma('user_version')) !== version;
    if (movedOn) return;
    connection.execute(migrations[version] ?? '');
    connection.execute(`PRAGMA application_id = ${applicationId}; PRAGMA user_version = ${version + 1}`);
  });
}

function countTables(connection: Connection): number {
  const count = connection.prepare<[], { tables: number }>('SELECT count(*) AS tables FROM sqlite_schema');
  return connection.read(() => count.get()?.tables ?? 0);
}
