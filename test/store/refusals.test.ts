import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, readdirSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect, onTestFinished, test } from 'vitest';
import { FleetError } from '../../src/errors.ts';
import { migrations } from '../../src/store/migrate.ts';
import { openStore } from '../../src/store/open-store.ts';
import type { Store } from '../../src/store/store.ts';
import { canMount } from '../support/mounting.ts';
import { bundleChild, startChild } from './child-process.ts';
import { makeFolder, open, setup } from './setup.ts';
import { batch, event, newRun, sample, samples } from './shapes.ts';

const mountable = canMount();

describe('a state folder that cannot be used', () => {
  test('because a file is in its way', () => {
    const folder = makeFolder();
    writeFileSync(join(folder, 'file'), 'mine');
    for (const way of ['file', 'file/state']) {
      expect(refusal(join(folder, way))).toMatchObject({ code: 'state-folder-unwritable', exit: 1 });
      expect(refusal(join(folder, way)).message).toMatch(`state folder "${join(folder, way)}": cannot be written: `);
    }
    expect(readFileSync(join(folder, 'file'), 'utf8')).toBe('mine');
    expect(() => openStore(join(folder, 'file/state'), { create: false })).toThrow(/cannot be written/);
  });

  test('because nothing can be made there', () => {
    expect(refusal('/proc/fleet/state')).toMatchObject({ code: 'state-folder-unwritable', exit: 1 });
  });

  test.runIf(mountable)('because it is mounted read-only (needs root)', () => {
    const folder = makeFolder();
    const stateDir = join(folder, 'state');
    mkdirSync(stateDir);
    mount(['--bind', stateDir, stateDir], stateDir);
    execFileSync('mount', ['-o', 'remount,bind,ro', stateDir]);
    expect(refusal(stateDir)).toMatchObject({ code: 'state-folder-unwritable' });
    expect(refusal(join(stateDir, 'deeper'))).toMatchObject({ code: 'state-folder-unwritable' });
    expect(readdirSync(stateDir)).toEqual([]);
  });

  test.runIf(mountable)('because it lies on a network file system (needs root)', async () => {
    const folder = makeFolder();
    const mountinfo = join(folder, 'mountinfo');
    writeFileSync(mountinfo, `1 0 8:1 / / rw - ext4 /dev/sda rw\n2 1 0:9 / ${folder} rw - nfs4 filer:/home rw\n`);
    const hide = `mount --bind "${mountinfo}" /proc/$$/mountinfo && exec "$0" "$@"`;
    const child = startChild(
      bundleChild('open'),
      [join(folder, 'a/state')],
      ['unshare', '-m', 'sh', '-c', hide, process.execPath],
    );
    expect(await child.read()).toMatchObject({
      code: 'state-folder-on-network',
      exit: 1,
      message: `state folder "${folder}/a/state": lies on a network file system (nfs4), expected a local disk`,
    });
    expect(existsSync(join(folder, 'a'))).toBe(false);
  });
});

describe('a database that cannot be used', () => {
  test('of a newer version is refused with both numbers, and stays as it is', () => {
    const stateDir = withFile((file) => {
      open(join(file, '..')).close();
      edit(file, 'PRAGMA user_version = 99');
    });
    const before = readFileSync(join(stateDir, 'fleet.db'));
    expect(refusal(stateDir)).toMatchObject({ code: 'newer-database', exit: 1 });
    expect(refusal(stateDir).message).toMatch(new RegExp(`version 99 is newer than version ${migrations.length}`));
    expect(readFileSync(join(stateDir, 'fleet.db'))).toEqual(before);
  });

  test.each<[string, (file: string) => void]>([
    ['text', (file) => writeFileSync(file, 'this is no database\n'.repeat(500))],
    ['a few bytes', (file) => writeFileSync(file, 'x')],
    ['nothing but its log', (file) => emptyBesideLog(file)],
    ['cut in the middle', (file) => cut(file)],
    ['overwritten in the middle of its tables', (file) => overwriteSchema(file)],
  ])('%s is refused, says what to do, and stays as it is', (_, make) => {
    const stateDir = withFile(make);
    const before = readFileSync(join(stateDir, 'fleet.db'));
    const error = refusal(stateDir);
    expect(error).toMatchObject({ code: 'corrupt-database', exit: 1 });
    expect(error.message).toMatch(`"${join(stateDir, 'fleet.db')}": not a usable fleet database: `);
    expect(error.suggestions[0]).toContain('fleet resume --rebuild HOST');
    expect(readFileSync(join(stateDir, 'fleet.db'))).toEqual(before);
  });

  test.each([
    ['which has tables', 'CREATE TABLE theirs (a); INSERT INTO theirs VALUES (1)'],
    ['which is marked', 'PRAGMA application_id = 77'],
  ])('of another program, %s, is refused with the way out, and stays as it is', (_, sql) => {
    const stateDir = withFile((file) => edit(file, sql));
    const before = readFileSync(join(stateDir, 'fleet.db'));
    const error = refusal(stateDir);
    expect(error).toMatchObject({ code: 'foreign-database', exit: 1 });
    expect(error.suggestions[0]).toContain('FLEET_STATE_DIR');
    expect(readFileSync(join(stateDir, 'fleet.db'))).toEqual(before);
  });

  test('a folder in place of the file is refused', () => {
    const stateDir = join(makeFolder(), 'state');
    mkdirSync(join(stateDir, 'fleet.db'), { recursive: true });
    expect(refusal(stateDir)).toMatchObject({ code: 'state-folder-unwritable' });
  });

  test('an empty file, as a crash in the first moment leaves it, is a new database', () => {
    const stateDir = withFile((file) => writeFileSync(file, ''));
    expect(open(stateDir).listRuns(null)).toEqual([]);
  });

  test('one that another program keeps locked is refused as busy after the wait', () => {
    const { stateDir } = setup();
    const store = openStore(stateDir, { create: true, busyTimeoutMs: 50 });
    onTestFinished(() => store?.close());
    const other = new Database(join(stateDir, 'fleet.db'));
    onTestFinished(() => {
      other.close();
    });
    other.exec('BEGIN IMMEDIATE');
    const error = thrown(() => store?.createRun(newRun('late'), event('created')));
    expect(error).toMatchObject({ code: 'store-busy', exit: 1 });
    other.exec('ROLLBACK');
    store?.createRun(newRun('late'), event('created'));
    expect(store?.readEvents('late', 0, 10)).toHaveLength(1);
  });
});

describe.runIf(mountable)('on a full disk (needs root)', () => {
  test('a write is refused whole, what was stored stays, and writing goes on when there is room', () => {
    const disk = makeDisk();
    const { store, held } = openOn(disk);
    const look = (from: number) => batch({ samples: [samples(Array.from({ length: 200 }, (_, row) => sample(from + row)))] });
    let stored = 0;
    const error = thrown(() => {
      for (; stored < 1_000_000; stored += 200) store.recordBatch(held, look(stored));
    });
    expect(error).toMatchObject({ code: 'disk-full', exit: 1 });
    expect([...store.readSamples('run-1', null)]).toHaveLength(stored);
    execFileSync('mount', ['-o', 'remount,size=8m', disk]);
    expect(store.recordBatch(held, look(stored))).toBe(true);
    store.close();
    expect([...open(join(disk, 'state')).readSamples('run-1', null)]).toHaveLength(stored + 200);
  });

  test('a store is not made', () => {
    const disk = makeDisk();
    spawnSync('dd', ['if=/dev/zero', `of=${join(disk, 'filler')}`, 'bs=4096']);
    const error = refusal(join(disk, 'state'));
    expect(error).toMatchObject({ code: 'disk-full', exit: 1 });
  });
});

describe('a native part that cannot be loaded', () => {
  test.each<[string, (release: string) => void]>([
    ['because it was never built', () => undefined],
    [
      'because it was built for something else',
      (release) => writeFileSync(join(release, 'better_sqlite3.node'), 'not a library'),
    ],
  ])('%s is told with the command that builds it', async (_, make) => {
    const modules = join(makeFolder(), 'node_modules');
    const real = resolve('node_modules');
    for (const part of ['lib', 'package.json']) {
      cpSync(join(real, 'better-sqlite3', part), join(modules, 'better-sqlite3', part), { recursive: true });
    }
    for (const name of ['bindings', 'file-uri-to-path']) symlinkSync(join(real, name), join(modules, name));
    mkdirSync(join(modules, 'better-sqlite3/build/Release'), { recursive: true });
    make(join(modules, 'better-sqlite3/build/Release'));
    const child = startChild(bundleChild('open', modules), [join(makeFolder(), 'state')]);
    expect(await child.read()).toMatchObject({
      code: 'database-addon-unloadable',
      exit: 1,
      suggestions: [expect.stringContaining('npm rebuild better-sqlite3')],
    });
  });
});

function refusal(stateDir: string): FleetError {
  return thrown(() => {
    openStore(stateDir).close();
  });
}

function thrown(work: () => unknown): FleetError {
  try {
    work();
  } catch (error) {
    if (error instanceof FleetError) return error;
    throw error;
  }
  throw new Error('expected a refusal');
}

function withFile(make: (file: string) => void): string {
  const stateDir = makeFolder();
  make(join(stateDir, 'fleet.db'));
  return stateDir;
}

function edit(file: string, sql: string): void {
  const database = new Database(file);
  database.exec(sql);
  database.close();
}

function cut(file: string): void {
  makeFilled(file);
  truncateSync(file, 4096 + 100);
}

function emptyBesideLog(file: string): void {
  writeFileSync(file, '');
  writeFileSync(`${file}-wal`, 'frames');
}

function overwriteSchema(file: string): void {
  makeFilled(file);
  const bytes = readFileSync(file);
  bytes.fill(0xa5, 100, 4096);
  writeFileSync(file, bytes);
}

function makeFilled(file: string): void {
  const store = openStore(join(file, '..'));
  for (let index = 0; index < 50; index++) store.createRun(newRun(`run-${index}`), event('created'));
  store.close();
}

function openOn(disk: string): { store: Store; held: { run: string; token: number } } {
  const store = open(join(disk, 'state'));
  store.createRun(newRun('run-1'), event('created'));
  const owner = { user: 'ada', host: 'laptop', pid: 1, startTicks: 1, bootId: 'b' };
  const answer = store.takeLease('run-1', owner, { ttlMs: 1000, now: 0, sinceBoot: 0, takeOver: false });
  if (!answer.taken) throw new Error('expected the lease');
  return { store, held: answer.lease };
}

function makeDisk(): string {
  const disk = makeFolder();
  mount(['-t', 'tmpfs', '-o', 'size=640k', 'fleet-test', disk], disk);
  return disk;
}

function mount(words: string[], point: string): void {
  execFileSync('mount', words);
  onTestFinished(() => {
    execFileSync('umount', [point]);
  });
}
