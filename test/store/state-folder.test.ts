import { chmodSync, mkdirSync, readdirSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openStore } from '../../src/store/open-store.ts';
import { stateFolder } from '../../src/store/state-folder.ts';
import { makeFolder, open, setup } from './setup.ts';

test.each<[Record<string, string>, string]>([
  [{ FLEET_STATE_DIR: '/srv/state', XDG_STATE_HOME: '/xdg', HOME: '/home/ada' }, '/srv/state'],
  [{ FLEET_STATE_DIR: '', XDG_STATE_HOME: '/xdg', HOME: '/home/ada' }, '/xdg/fleet'],
  [{ XDG_STATE_HOME: 'relative', HOME: '/home/ada' }, '/home/ada/.local/state/fleet'],
  [{ HOME: '/home/ada' }, '/home/ada/.local/state/fleet'],
])('%o puts the state into %s', (environment, expected) => {
  expect(stateFolder(environment)).toBe(expected);
});

test('a relative FLEET_STATE_DIR is meant from where fleet was started', () => {
  expect(stateFolder({ FLEET_STATE_DIR: 'state' })).toBe(join(process.cwd(), 'state'));
});

test('the folder is made for its user alone, and so is every file in it', () => {
  const { stateDir } = setup();
  expect(modeOf(stateDir)).toBe('700');
  expect(readdirSync(stateDir).sort()).toEqual(['fleet.db', 'fleet.db-shm', 'fleet.db-wal']);
  for (const file of readdirSync(stateDir)) expect(modeOf(join(stateDir, file))).toBe('600');
});

test('a loose umask opens nothing', () => {
  const before = process.umask(0);
  try {
    const { stateDir } = setup();
    for (const file of readdirSync(stateDir)) expect(modeOf(join(stateDir, file))).toBe('600');
    expect(modeOf(stateDir)).toBe('700');
  } finally {
    process.umask(before);
  }
});

test('files that somebody opened to others are closed again', () => {
  const { stateDir, store } = setup();
  const files = readdirSync(stateDir);
  for (const file of files) chmodSync(join(stateDir, file), 0o644);
  open(stateDir);
  for (const file of files) expect(modeOf(join(stateDir, file))).toBe('600');
  expect(store.readRun('run-1')).not.toBeNull();
});

test('an empty folder is closed to others; one that holds other things keeps its mode', () => {
  const empty = join(makeFolder(), 'state');
  mkdirSync(empty, { mode: 0o755 });
  open(empty);
  expect(modeOf(empty)).toBe('700');

  const shared = join(makeFolder(), 'home');
  mkdirSync(shared, { mode: 0o755 });
  writeFileSync(join(shared, 'notes'), '');
  open(shared);
  expect(modeOf(shared)).toBe('755');
  expect(modeOf(join(shared, 'fleet.db'))).toBe('600');
});

test('a command that only looks makes nothing where nothing is stored', () => {
  const parent = makeFolder();
  expect(openStore(join(parent, 'a/b'), { create: false })).toBeNull();
  expect(openStore(parent, { create: false })).toBeNull();
  expect(readdirSync(parent)).toEqual([]);
});

test('a command that only looks sees what is stored', () => {
  const { stateDir } = setup();
  const store = openStore(stateDir, { create: false });
  expect(store?.readRun('run-1')?.state).toBe('queued');
  store?.close();
});

test('the folder may be a link, and have a name that needs care', () => {
  const parent = makeFolder();
  mkdirSync(join(parent, 'real ? %20 ü'));
  symlinkSync(join(parent, 'real ? %20 ü'), join(parent, 'link'));
  open(join(parent, 'link'));
  expect(readdirSync(join(parent, 'real ? %20 ü'))).toContain('fleet.db');
});

function modeOf(path: string): string {
  return (statSync(path).mode & 0o777).toString(8);
}
