import { mkdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect, test } from 'vitest';
import { connect } from '../../src/store/connection.ts';
import { migrate, migrations } from '../../src/store/migrate.ts';
import { readRunDocument } from '../../src/store/run-document.ts';
import { makeFolder, open } from './setup.ts';
import { event, startOf2026 } from './shapes.ts';

const versions = migrations.map((_, index) => index + 1);

describe.each(versions)('a database of version %i', (version) => {
  test('is what the migrations up to there make', () => {
    const made = join(makeFolder(), 'fleet.db');
    const database = new Database(made);
    for (const sql of migrations.slice(0, version)) database.exec(sql);
    const expected = readSchema(made);
    database.close();
    expect(readSchema(join(writeFixture(version), 'fleet.db'))).toEqual(expected);
  });

  test('opens, keeps all that it holds, and goes on being written to', () => {
    const store = open(writeFixture(version));
    const [active, ended] = store.listRuns(null);
    if (active === undefined || ended === undefined) throw new Error('expected two runs');
    expect(readRunDocument(store, ended, moment)).toMatchObject({
      ...{ id: 'ended', kind: 'launch', point: 'seed-1', state: 'succeeded', verdict: 'GO', health: 'yellow', host: 'prime1' },
      outcome: { result: 'succeeded', reason: null, exitCode: 0, degraded: false },
      reachability: { status: 'reachable', since: '2026-01-01T00:00:03.000Z' },
      workers: [{ state: 'exited', pid: 77, exitCode: 0 }],
      progress: { step: 50_000, of: 50_000, ratePerSecond: 1.5, etaSeconds: 0 },
      checks: [
        { name: 'archive', result: 'pass', seconds: 0.25 },
        { name: 'free', result: null },
      ],
      criteria: [{ name: 'throughput', verdict: 'met' }],
      flags: [{ text: 'slow', expected: true, count: 3 }],
      cost: { perHour: 3.5, currency: 'USD' },
      endedAt: '2026-01-01T00:00:09.000Z',
    });
    expect(store.readOffsets('ended')).toMatchObject([{ source: 'training', offset: 48 }]);
    expect(Array.from(store.readSamples('ended', null), (row) => row.columns)).toEqual([
      { loss: 2.5 },
      { loss: null, note: "it's" },
    ]);
    expect(store.readHostClaims('ended')).toMatchObject([{ machine: 'machine-1' }]);
    expect(store.readFacts('prime1', 0)?.facts).toEqual({ os: 'debian' });
    expect(store.readWorkers(active.id)).toHaveLength(2);
    if (version >= 6) {
      expect(store.listEntries(null)).toMatchObject([
        {
          ...{ id: 'e1', runs: ['ended'], params: { seed: '1' }, changed: { batch: '64' }, rung: 1, runsBefore: 1 },
          ...{ budget: { seconds: 3600, cost: 5.5 }, onFailure: 'stop', yielding: 'night', mayStart: { from: 1320, to: 120 } },
        },
        { id: 'e2', state: 'held', after: { entry: 'e1', wants: 'ok' }, budget: null, canGoOn: false },
      ]);
      expect(store.listSchedules()).toMatchObject([{ name: 'nightly', words: ['p', '--host', 'prime1'] }]);
    }
    if (version >= 7) {
      expect(store.outbox.readEntryEvents(0, 9)).toMatchObject([{ entry: 'e2', state: 'held', reason: 'it cannot be planned' }]);
      expect(store.outbox.list(startOf2026)).toMatchObject([
        { id: 'm1', state: 'sent' },
        { id: 'm2', channel: 'team', tries: 1, reason: 'HTTP 503' },
      ]);
    }

    const answer = store.takeLease('active', owner, { ttlMs: 1000, takeOver: true, ...moment });
    expect(answer).toMatchObject({ taken: true, lease: { token: 2 }, previous: { user: 'ada', pid: 4711 } });
    expect(answer.taken && store.transition(answer.lease, { from: ['queued'], to: 'halting', event: event('state') })).toBe(true);
  });
});

test('a migration that fails leaves the version before it', () => {
  const file = join(makeFolder(), 'fleet.db');
  const before = new Database(file);
  before.exec('CREATE TABLE runs (theirs)');
  before.exec('PRAGMA application_id = 1718379877');
  before.close();
  const connection = connect(file);
  expect(() => {
    migrate(connection);
  }).toThrow('table runs already exists');
  expect(connection.readPragma('user_version')).toBe(0);
  connection.close();
  expect(readSchema(file)).toEqual(['CREATE TABLE runs (theirs)']);
});

test('migrating a second time changes nothing', () => {
  const stateDir = writeFixture(1);
  open(stateDir).close();
  const file = join(stateDir, 'fleet.db');
  const schema = readSchema(file);
  open(stateDir).close();
  expect(readSchema(file)).toEqual(schema);
});

const moment = { now: startOf2026, sinceBoot: 0 };
const owner = { user: 'bo', host: 'other', pid: 1, startTicks: null, bootId: null };

function writeFixture(version: number): string {
  const stateDir = join(makeFolder(), 'state');
  mkdirSync(stateDir);
  const database = new Database(join(stateDir, 'fleet.db'));
  database.exec(readFileSync(resolve('test/store/fixtures', `version-${version}.sql`), 'utf8'));
  database.close();
  return stateDir;
}

function readSchema(file: string): string[] {
  const database = new Database(file, { readonly: true });
  const rows = database.prepare<[], string>('SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY name').pluck().all();
  database.close();
  return rows;
}
