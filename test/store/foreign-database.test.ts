import Database from 'better-sqlite3';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, type TestContext } from 'vitest';
import { queryForeignDatabase, type ForeignDatabase } from '../../src/store/foreign-database.ts';

/** As a trainer leaves it while it still has it open: the last rows are in its log. */
function writeEpochs(test: TestContext, epochs: number, journal = 'wal'): ForeignDatabase {
  const folder = mkdtempSync(join(tmpdir(), 'fleet-trainer-'));
  test.onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const file = join(folder, 'metadata.db');
  const database = new Database(file);
  test.onTestFinished(() => void database.close());
  database.exec(`PRAGMA journal_mode = ${journal}; PRAGMA wal_autocheckpoint = 0;
    CREATE TABLE epoch_history (id INTEGER PRIMARY KEY, epoch INTEGER, val_loss REAL, is_best BLOB)`);
  const insert = database.prepare('INSERT INTO epoch_history (epoch, val_loss, is_best) VALUES (?, ?, ?)');
  database.transaction(() => {
    for (let epoch = 1; epoch <= epochs; epoch += 1) insert.run(epoch, 1 / epoch, Buffer.from([epoch % 2]));
  })();
  return { database: readFileSync(file), log: journal === 'wal' ? readFileSync(`${file}-wal`) : null };
}

const query = 'SELECT epoch, val_loss, is_best FROM epoch_history ORDER BY id';

describe("somebody else's database", () => {
  it('gives the rows of a query, with those that are still in its log', async (test) => {
    expect(await queryForeignDatabase(writeEpochs(test, 2), query)).toEqual({
      kind: 'rows',
      rows: [
        { epoch: 1, val_loss: 1, is_best: '01' },
        { epoch: 2, val_loss: 0.5, is_best: '00' },
      ],
    });
  });

  it('without a log gives them, too', async (test) => {
    expect(await queryForeignDatabase(writeEpochs(test, 1, 'delete'), 'SELECT epoch FROM epoch_history')).toEqual({
      kind: 'rows',
      rows: [{ epoch: 1 }],
    });
  });

  it.for([
    ['DELETE FROM epoch_history', 'readonly|SELECT'],
    ["ATTACH '/tmp/other.db' AS other", 'SELECT'],
    ['SELECT accuracy FROM epoch_history', 'no such column: accuracy'],
    ['SELECT 1; SELECT 2', 'more than one statement'],
    ['WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i FROM n', 'more than 10000 rows'],
  ] as const)('refuses %s', async ([asked, reason], test) => {
    expect(await queryForeignDatabase(writeEpochs(test, 1), asked)).toMatchObject({
      kind: 'refused',
      reason: expect.stringMatching(reason) as string,
    });
  });

  it('that was torn in copying is damaged, and may be whole at the next look', async (test) => {
    const { database } = writeEpochs(test, 2000, 'delete');
    const torn = Buffer.concat([database.subarray(0, 8192), Buffer.alloc(database.length - 8192, 0x5a)]);
    expect(await queryForeignDatabase({ database: torn, log: null }, query)).toMatchObject({ kind: 'damaged' });
    expect(await queryForeignDatabase({ database: Buffer.from('no database'), log: null }, query)).toMatchObject({
      kind: 'damaged',
    });
  });
});
