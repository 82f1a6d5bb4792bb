import { dirname } from 'node:path';
import Database from 'better-sqlite3';
import { connectionTo, explain, type Connection } from './connection.ts';
import { diskFull } from './failures.ts';

/**
 * A copy in memory of what is stored, to be looked at while the disk is full: SQLite makes an index beside its log even to read. Writing fails as it
 * would on the disk.
 */
export function connectToCopy(file: string, busyMs: number): Connection {
  const database = explain(file, () => copyDatabase(file, busyMs));
  const write = () => {
    throw diskFull(dirname(file));
  };
  return { ...connectionTo(database, file), write };
}

function copyDatabase(file: string, busyMs: number): Database.Database {
  const source = new Database(file, { fileMustExist: true, timeout: busyMs });
  try {
    // Whoever is alone with a database keeps the index in its own memory.
    source.pragma('locking_mode = EXCLUSIVE');
    return new Database(withoutLog(source.serialize()), { readonly: true });
  } finally {
    source.close();
  }
}

/** The copy has no log beside it: bytes 18 and 19 of the header say so. */
function withoutLog(bytes: Buffer): Buffer {
  bytes.fill(1, 18, 20);
  return bytes;
}
