import { existsSync, renameSync } from 'node:fs';
import { dirname } from 'node:path';
import { rfc3339 } from '../clock.ts';
import { FleetError } from '../errors.ts';
import { busyTimeoutMs, connect, type Connection } from './connection.ts';
import { checkVersion } from './migrate.ts';
import { asked, databaseFile, hasDatabase, refuseRemnant, syncFolder } from './state-folder.ts';

/** The database, its log, and the index of that log. The first to be moved is what the others mean nothing without. */
const parts = ['', '-wal', '-shm'];

/** Every text that is JSON. A page of a long one can be garbled without SQLite noticing. */
const documents = [
  ['plans', 'plan'],
  ['events', 'detail'],
  ['samples', 'columns'],
  ['facts', 'facts'],
];

/**
 * Moves a database that cannot be used out of the way, so that a new one can be made, and tells where it is now. Null, and nothing is moved, when
 * there is none or it can be used. One that is busy, newer, unwritable or another program's is refused as on opening.
 */
export function setAsideCorruptDatabase(stateDir: string, now: number): string | null {
  const file = databaseFile(stateDir);
  if (!hasDatabase(stateDir) || isUsable(file)) return null;
  return asked(stateDir, () => {
    const aside = findFreeName(file, now);
    for (const part of parts) if (existsSync(file + part)) renameSync(file + part, aside + part);
    syncFolder(dirname(file));
    return aside;
  });
}

function isUsable(file: string): boolean {
  try {
    refuseRemnant(file);
    const connection = connect(file, busyTimeoutMs, { readonly: true });
    try {
      return checkVersion(connection) === 0 || isWhole(connection);
    } finally {
      connection.close();
    }
  } catch (error) {
    if (error instanceof FleetError && error.code === 'corrupt-database') return false;
    throw error;
  }
}

function isWhole(connection: Connection): boolean {
  if (connection.readPragma('integrity_check') !== 'ok') return false;
  return documents.every(([table, column]) => {
    const garbled = connection.prepare(`SELECT 1 FROM ${table} WHERE NOT json_valid(${column}) LIMIT 1`);
    return connection.read(() => garbled.get()) === undefined;
  });
}

function findFreeName(file: string, now: number): string {
  const name = `${file}.corrupt-${rfc3339(now).replaceAll(/[-:]/g, '')}`;
  let free = name;
  for (let count = 2; parts.some((part) => existsSync(free + part)); count++) free = `${name}-${count}`;
  return free;
}
