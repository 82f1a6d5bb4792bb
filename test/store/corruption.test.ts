import { createHash } from 'node:crypto';
import { cpSync, mkdirSync, readdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect, onTestFinished, test } from 'vitest';
import { FleetError } from '../../src/errors.ts';
import { momentOf, systemClock } from '../../src/clock.ts';
import { migrations } from '../../src/store/migrate.ts';
import { openStore } from '../../src/store/open-store.ts';
import { readRunDocument } from '../../src/store/run-document.ts';
import { setAsideCorruptDatabase } from '../../src/store/set-aside.ts';
import type { Store } from '../../src/store/store.ts';
import { lease, makeFolder, open } from './setup.ts';
import { batch, event, newRun, offset, sample, samples, startOf2026 } from './shapes.ts';

const pageBytes = 4096;
const runs = 12;

/** A state folder with something in every table, as the last to close it leaves it: one file. */
function makeFilled(): string {
  const stateDir = join(makeFolder(), 'state');
  const store = openStore(stateDir);
  fill(store);
  store.close();
  return stateDir;
}

function fill(store: Store): void {
  for (let index = 0; index < runs; index++) {
    const id = `run-${index}`;
    store.createRun(newRun(id, { plan: JSON.stringify({ version: 1, text: 'step '.repeat(1500) }) }), event('created'));
    const held = lease(store, id);
    store.planChecks(held, [{ phase: 'validate', position: 0, kind: 'check', name: 'disk' }]);
    const rows = Array.from({ length: 40 }, (_, row) => sample(row * 10, { loss: 1 / (row + 1), note: 'x'.repeat(100) }));
    const told = { ...event('long'), detail: { text: 'word '.repeat(2000) } };
    store.recordBatch(held, batch({ offsets: [offset({ offset: 400 })], samples: [samples(rows)], events: [told] }));
    store.releaseLease(held);
  }
  store.recordFacts('prime1', 0, JSON.stringify({ os: 'debian', text: 'y'.repeat(9000) }), startOf2026);
}

/** All that can be asked of a store. */
function readAll(stateDir: string): void {
  const store = openStore(stateDir);
  try {
    for (const run of store.listRuns(null)) {
      readRunDocument(store, run, momentOf(systemClock));
      store.readEvents(run.id, 0, 100);
      store.readOffsets(run.id);
      Array.from(store.readSamples(run.id, null));
    }
    store.readFacts('prime1', 0);
  } finally {
    store.close();
  }
}

function failureOf(work: () => void): FleetError | null {
  try {
    work();
    return null;
  } catch (error) {
    if (error instanceof FleetError) return error;
    throw error;
  }
}

test('whichever page of the database is garbled, reading gives an answer or says what to do, and then it can be set aside', () => {
  const whole = makeFilled();
  const bytes = readFileSync(join(whole, 'fleet.db'));
  const stateDir = join(makeFolder(), 'state');
  mkdirSync(stateDir);
  const found = { refused: 0, later: 0, setAside: 0 };
  for (let page = 0; page < bytes.length / pageBytes; page++) {
    const garbled = Buffer.from(bytes).fill(0xa5, page * pageBytes, (page + 1) * pageBytes);
    writeFileSync(join(stateDir, 'fleet.db'), garbled);
    const refusal = failureOf(() => openStore(stateDir).close());
    const failure = failureOf(() => readAll(stateDir));
    for (const error of [refusal, failure]) {
      if (error === null) continue;
      expect(error).toMatchObject({ code: 'corrupt-database', exit: 1 });
      expect(error.suggestions[0]).toContain('fleet resume --rebuild HOST');
    }
    const aside = setAsideCorruptDatabase(stateDir, startOf2026);
    if (failure !== null) expect(aside).not.toBeNull();
    found.refused += Number(refusal !== null);
    found.later += Number(refusal === null && failure !== null);
    found.setAside += Number(aside !== null);
  }
  expect(found.refused).toBeGreaterThan(0);
  expect(found.later).toBeGreaterThan(20);
  expect(found.setAside).toBeGreaterThanOrEqual(found.refused + found.later);
});

describe('a database that cannot be used is set aside', () => {
  const ways: [string, (file: string) => void][] = [
    ['cut in the middle', (file) => truncateSync(file, 3 * pageBytes + 100)],
    ['cut down to a few bytes', (file) => truncateSync(file, 7)],
    ['emptied beside its log', (file) => emptyBesideLog(file)],
    ['with a garbled header', (file) => garble(file, 0, 100)],
    ['with a garbled page in the middle', (file) => garble(file, 5 * pageBytes, 6 * pageBytes)],
    ['that is text', (file) => writeFileSync(file, 'this is no database\n'.repeat(500))],
    ['with a document that is no JSON', (file) => edit(file, `UPDATE plans SET plan = '{"version": 1, "te' WHERE run = 3`)],
  ];

  test.each(ways)('%s: whole, under a name of its own, and a new one is made', (_, harm) => {
    const stateDir = makeFilled();
    const file = join(stateDir, 'fleet.db');
    harm(file);
    const before = readFiles(stateDir);
    const aside = setAsideCorruptDatabase(stateDir, startOf2026);
    expect(aside).toBe(`${file}.corrupt-20260101T000000.000Z`);
    const moved = Object.fromEntries(
      Object.entries(before).map(([name, text]) => [name.replace('fleet.db', basename(aside ?? '')), text]),
    );
    expect(readFiles(stateDir)).toEqual(moved);
    expect(open(stateDir).listRuns(null)).toEqual([]);
  });

  test('never over an earlier one, also at the same moment', () => {
    const stateDir = makeFilled();
    const file = join(stateDir, 'fleet.db');
    const asides = [1, 2, 3].map((round) => {
      writeFileSync(file, `no database, round ${round}`.repeat(100));
      return setAsideCorruptDatabase(stateDir, startOf2026) ?? 'nothing';
    });
    expect(new Set(asides).size).toBe(3);
    expect(asides.map((aside) => /round \d/.exec(readFileSync(aside, 'utf8'))?.[0])).toEqual(['round 1', 'round 2', 'round 3']);
  });

  test('also after a crash between moving the file and moving its log', () => {
    const stateDir = makeFilled();
    writeFileSync(join(stateDir, 'fleet.db-wal'), 'frames');
    cpSync(join(stateDir, 'fleet.db'), join(stateDir, 'fleet.db.corrupt-20260101T000000.000Z'));
    writeFileSync(join(stateDir, 'fleet.db'), '');
    expect(failureOf(() => openStore(stateDir).close())).toMatchObject({ code: 'corrupt-database' });
    expect(setAsideCorruptDatabase(stateDir, startOf2026)).toBe(join(stateDir, 'fleet.db.corrupt-20260101T000000.000Z-2'));
    expect(open(stateDir).listRuns(null)).toEqual([]);
  });
});

describe('nothing is set aside', () => {
  test('where nothing is stored', () => {
    const stateDir = makeFolder();
    expect(setAsideCorruptDatabase(join(stateDir, 'none'), startOf2026)).toBeNull();
    writeFileSync(join(stateDir, 'fleet.db'), '');
    expect(setAsideCorruptDatabase(stateDir, startOf2026)).toBeNull();
  });

  test('of a database that can be used, and what is only in its log stays there', () => {
    const stateDir = makeFilled();
    const store = open(stateDir);
    store.createRun(newRun('in the log'), event('created'));
    const before = readFiles(stateDir);
    expect(setAsideCorruptDatabase(stateDir, startOf2026)).toBeNull();
    for (const name of ['fleet.db', 'fleet.db-wal']) expect(readFiles(stateDir)[name]).toEqual(before[name]);
    expect(store.readRun('in the log')?.state).toBe('queued');
  });

  test.each<[string, string, (file: string) => void]>([
    ['a newer fleet', 'newer-database', (file) => edit(file, `PRAGMA user_version = ${migrations.length + 1}`)],
    ['another program', 'foreign-database', (file) => edit(file, 'PRAGMA application_id = 77')],
  ])('that belongs to %s', (_, code, change) => {
    const stateDir = makeFilled();
    change(join(stateDir, 'fleet.db'));
    const before = readFiles(stateDir)['fleet.db'];
    expect(failureOf(() => setAsideCorruptDatabase(stateDir, startOf2026))).toMatchObject({ code });
    expect(readFiles(stateDir)['fleet.db']).toEqual(before);
  });

  test('that another program keeps for itself', () => {
    const stateDir = makeFilled();
    const other = new Database(join(stateDir, 'fleet.db'));
    onTestFinished(() => {
      other.close();
    });
    other.exec('PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE');
    expect(failureOf(() => setAsideCorruptDatabase(stateDir, startOf2026))).toMatchObject({ code: 'store-busy' });
    expect(readdirSync(stateDir).filter((name) => name.includes('corrupt'))).toEqual([]);
  });
});

test('wherever the log is garbled, the store opens with a state that there was', () => {
  const stateDir = join(makeFolder(), 'state');
  const store = open(stateDir);
  const states = [listIds(store)];
  for (let index = 0; index < 8; index++) {
    store.createRun(newRun(`run-${index}`), event('created'));
    states.push(listIds(store));
  }
  const file = readFileSync(join(stateDir, 'fleet.db'));
  const log = readFileSync(join(stateDir, 'fleet.db-wal'));
  const copy = join(makeFolder(), 'state');
  mkdirSync(copy);
  const seen = new Set<number>();
  for (let at = 0; at < log.length; at += 1024) {
    writeFileSync(join(copy, 'fleet.db'), file);
    writeFileSync(join(copy, 'fleet.db-wal'), Buffer.from(log).fill(0xa5, at, Math.min(at + 512, log.length)));
    const opened = openStore(copy, { create: false });
    // Without the header of its log the database has not even a schema yet: it is a new one.
    const ids = opened === null ? [] : listIds(opened);
    opened?.close();
    expect(states).toContainEqual(ids);
    seen.add(ids.length);
  }
  expect(seen.size).toBeGreaterThan(4);
});

function listIds(store: Store): string[] {
  return store.listRuns(null).map(({ id }) => id);
}

function garble(file: string, from: number, to: number): void {
  writeFileSync(file, readFileSync(file).fill(0xa5, from, to));
}

function emptyBesideLog(file: string): void {
  writeFileSync(file, '');
  writeFileSync(`${file}-wal`, 'frames');
}

function edit(file: string, sql: string): void {
  const database = new Database(file);
  database.exec(sql);
  database.close();
}

/** Fingerprints of what lies in a state folder, without empty logs and the index of one, which whoever looks makes anew. */
function readFiles(stateDir: string): Record<string, string> {
  const files = readdirSync(stateDir).map((name) => [name, readFileSync(join(stateDir, name))] as const);
  const kept = files.filter(([name, bytes]) => !name.endsWith('-shm') && !(name.endsWith('-wal') && bytes.length === 0));
  return Object.fromEntries(kept.map(([name, bytes]) => [name, createHash('sha256').update(bytes).digest('hex')]));
}
