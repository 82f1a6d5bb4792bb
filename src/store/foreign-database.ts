import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

type Row = Record<string, unknown>;

export interface ForeignDatabase {
  database: Buffer;
  /** What stands beside it as `-wal`. */
  log: Buffer | null;
}

/** `damaged`: it may have been written to while it was copied. `refused`: another copy would not help. */
export type ForeignRows = { kind: 'rows'; rows: Row[] } | { kind: 'damaged' | 'refused'; reason: string };

const mostRows = 10_000;
const timeLimitMs = 10_000;

/**
 * A process of its own asks the copy of somebody else's database: a query that does not end can only be ended from outside, and nothing in such a file is to
 * meet the store. The database is opened read-only, and no statement but one that only reads is carried out.
 */
const script = `
const [module, file, query, limit] = process.argv.slice(1);
const Database = require(module);
const answer = (kind, rest) => process.stdout.write(JSON.stringify({ kind, ...rest }));
const show = (value) => {
  if (typeof value === 'bigint') return Number(value);
  if (!Buffer.isBuffer(value)) return value;
  return value.length <= 32 ? value.toString('hex') : value.length + ' bytes';
};
let checked = false;
try {
  const database = new Database(file, { readonly: true, fileMustExist: true });
  database.exec('PRAGMA trusted_schema = OFF; PRAGMA query_only = ON; PRAGMA cell_size_check = ON');
  const found = database.pragma('quick_check(1)', { simple: true });
  if (found !== 'ok') throw new Error(found);
  checked = true;
  const statement = database.prepare(query);
  if (!statement.reader || !statement.readonly) throw new Error('expected one SELECT');
  const rows = [];
  for (const row of statement.iterate()) {
    if (rows.length >= Number(limit)) throw new Error('the query gives more than ' + limit + ' rows');
    rows.push(Object.fromEntries(Object.entries(row).map(([name, value]) => [name, show(value)])));
  }
  answer('rows', { rows });
} catch (error) {
  answer(checked ? 'refused' : 'damaged', { reason: error.message });
}`;

export async function queryForeignDatabase({ database, log }: ForeignDatabase, query: string): Promise<ForeignRows> {
  const folder = await mkdtemp(join(tmpdir(), 'fleet-foreign-'));
  try {
    const file = join(folder, 'copy.db');
    await writeFile(file, database, { mode: 0o600 });
    if (log !== null) await writeFile(`${file}-wal`, log, { mode: 0o600 });
    return await ask(file, query);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function ask(file: string, query: string): Promise<ForeignRows> {
  const module = createRequire(import.meta.url).resolve('better-sqlite3');
  const limits = { timeout: timeLimitMs, killSignal: 'SIGKILL', maxBuffer: 64 * 2 ** 20, env: {} } as const;
  return new Promise((resolve) => {
    execFile(process.execPath, ['-e', script, module, file, query, String(mostRows)], limits, (error, stdout) => {
      if (error === null) resolve(JSON.parse(stdout) as ForeignRows);
      else if (error.killed === true) resolve({ kind: 'refused', reason: `the query took more than ${timeLimitMs / 1000} s` });
      else resolve({ kind: 'damaged', reason: 'the database cannot be read' });
    });
  });
}
