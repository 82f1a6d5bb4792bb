import {
  accessSync,
  chmodSync,
  closeSync,
  constants,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  realpathSync,
  statSync,
} from 'node:fs';
import { homedir } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import { messageOf, systemCode } from '../errors.ts';
import { corruptDatabase, diskFull, unwritable } from './failures.ts';
import { refuseNetworkFileSystem } from './network-file-system.ts';

/** One page of the smallest size. */
const smallestDatabaseBytes = 512;

/** Where this user's state is, absolute. An empty variable counts as unset, a relative XDG_STATE_HOME is ignored as its specification asks. */
export function stateFolder(environment: Readonly<Record<string, string | undefined>>): string {
  const chosen = environment['FLEET_STATE_DIR'];
  if (chosen) return resolve(chosen);
  const xdg = environment['XDG_STATE_HOME'];
  if (xdg?.startsWith('/')) return join(xdg, 'fleet');
  return join(environment['HOME'] || homedir(), '.local/state/fleet');
}

export function databaseFile(stateDir: string): string {
  return join(stateDir, 'fleet.db');
}

/** False when nothing has been stored there yet. */
export function hasDatabase(stateDir: string): boolean {
  return asked(stateDir, () => statSync(databaseFile(stateDir), { throwIfNoEntry: false }) !== undefined);
}

/** Leaves a folder and a database file that only this user can read, made where they did not exist. */
export function prepareStateFolder(stateDir: string): void {
  asked(stateDir, () => {
    refuseNetworkFileSystem(realpathSync(nearestExisting(stateDir)), stateDir);
    makeFolders(stateDir);
    refuseNetworkFileSystem(realpathSync(stateDir), stateDir);
    accessSync(stateDir, constants.R_OK | constants.W_OK | constants.X_OK);
    if (isFleets(stateDir)) closeToOthers(stateDir, 0o700);
    makeFile(databaseFile(stateDir));
    refuseRemnant(databaseFile(stateDir));
    for (const suffix of ['', '-wal', '-shm']) closeToOthers(databaseFile(stateDir) + suffix, 0o600);
  });
}

/** One by one: mkdirSync's own recursion never ends where the system answers "no such file" to a folder whose parent exists, as /proc does. */
function makeFolders(path: string): void {
  if (isFolder(path)) return;
  if (dirname(path) !== path) makeFolders(dirname(path));
  try {
    mkdirSync(path, 0o700);
    syncFolder(dirname(path));
  } catch (error) {
    if (systemCode(error) !== 'EEXIST' || !isFolder(path)) throw error;
  }
}

/** What was made, renamed or removed in a folder outlasts a power cut once the folder is synced. Some file systems, and some permissions, do not let us. */
export function syncFolder(path: string): void {
  try {
    const handle = openSync(path, 'r');
    try {
      fsyncSync(handle);
    } finally {
      closeSync(handle);
    }
  } catch (error) {
    if (systemCode(error) === undefined) throw error;
  }
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}

/** A folder that holds other things as well, a home or a temporary one, is not ours to close. */
function isFleets(stateDir: string): boolean {
  return basename(stateDir) === 'fleet' || readdirSync(stateDir).length === 0;
}

/** Only where it does not exist: closing another handle on a database in use would drop SQLite's locks on it. */
function makeFile(file: string): void {
  try {
    closeSync(openSync(file, 'wx', 0o600));
  } catch (error) {
    if (systemCode(error) !== 'EEXIST') throw error;
    accessSync(file, constants.R_OK | constants.W_OK);
  }
}

/** SQLite would take what is left of a truncated database for an empty one, and write over it and over its log. */
export function refuseRemnant(file: string): void {
  const { size } = statSync(file);
  const logged = statSync(`${file}-wal`, { throwIfNoEntry: false })?.size ?? 0;
  if (size < smallestDatabaseBytes && size + logged > 0) throw corruptDatabase(file, `it is only ${size} bytes long`);
}

function closeToOthers(path: string, mode: number): void {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found !== undefined && (found.mode & 0o077) !== 0 && found.uid === process.getuid?.()) chmodSync(path, mode);
}

function nearestExisting(path: string): string {
  const found = statSync(path, { throwIfNoEntry: false });
  return found !== undefined || dirname(path) === path ? path : nearestExisting(dirname(path));
}

/** What the system refuses comes out as an error that a person can read. */
export function asked<T>(stateDir: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    const code = systemCode(error);
    if (code === 'ENOSPC' || code === 'EDQUOT') throw diskFull(stateDir, error);
    if (code !== undefined && /^E[A-Z0-9]+$/.test(code)) throw unwritable(stateDir, messageOf(error), error);
    throw error;
  }
}
