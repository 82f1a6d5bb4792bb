import Database from 'better-sqlite3';
import { explainFailure } from './failures.ts';

/** `now` waits for the disk, for what must be known before a host is told to do something. `later` is for what can be looked at again. */
export type Durability = 'now' | 'later';

/** One open database. What goes wrong in `read` and `write` comes out as an error that a person can read. */
export interface Connection {
  file: string;
  prepare<Params extends unknown[], Row = unknown>(sql: string): Database.Statement<Params, Row>;
  execute(sql: string): void;
  readPragma(name: string): unknown;
  read<T>(work: () => T): T;
  /** All reads of `work` see the same moment. `work` must not write. */
  snapshot<T>(work: () => T): T;
  /**
   * All of `work` is on the disk when this returns, or nothing of it; with `later` that is so of the machine's death only once something else was written
   * without it, and of this process's death at once. Inside another `write` it is part of that one.
   */
  write<T>(work: () => T, durability?: Durability): T;
  close(): void;
}

export const busyTimeoutMs = 10_000;

const levels: Record<Durability, string> = { now: 'FULL', later: 'NORMAL' };

/** With `readonly` nothing in the file is changed, also not by opening and closing it. */
export function connect(file: string, busyMs: number = busyTimeoutMs, { readonly } = { readonly: false }): Connection {
  const database = explain(file, () => openDatabase(file, { fileMustExist: true, timeout: busyMs, readonly }));
  return connectionTo(database, file);
}

/** `file` is where it comes from, for what a person reads when something goes wrong. */
export function connectionTo(database: Database.Database, file: string): Connection {
  const explained = <T>(work: () => T): T => explain(file, work);
  const inTransaction = <T>(begin: string, work: () => T): T => {
    database.exec(begin);
    try {
      const result = work();
      database.exec('COMMIT');
      return result;
    } catch (error) {
      if (database.inTransaction) database.exec('ROLLBACK');
      throw error;
    }
  };

  let current: Durability = 'now';
  const setDurability = (wanted: Durability) => {
    if (wanted !== current) database.exec(`PRAGMA synchronous = ${levels[wanted]}`);
    current = wanted;
  };

  let writing = false;
  const write = <T>(work: () => T, durability: Durability): T => {
    setDurability(durability);
    writing = true;
    try {
      return inTransaction('BEGIN IMMEDIATE', work);
    } finally {
      writing = false;
    }
  };

  return {
    file,
    prepare: (sql) => explained(() => database.prepare(sql)),
    execute: (sql) => explained(() => database.exec(sql)),
    readPragma: (name) => explained(() => database.pragma(name, { simple: true })),
    read: explained,
    snapshot: (work) => (database.inTransaction ? work() : explained(() => inTransaction('BEGIN DEFERRED', work))),
    write: (work, durability = 'now') => (writing ? work() : explained(() => write(work, durability))),
    close: () => explained(() => database.close()),
  };
}

export function explain<T>(file: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw explainFailure(error, file);
  }
}

function openDatabase(file: string, options: Database.Options): Database.Database {
  const database = new Database(file, options);
  try {
    database.exec(
      `PRAGMA synchronous = ${levels.now}; PRAGMA foreign_keys = ON; PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON`,
    );
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}
