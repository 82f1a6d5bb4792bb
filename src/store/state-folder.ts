import { accessSync, chmodSync, closeSync, constants, mkdirSync, openSync, readdirSync, realpathSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import { messageOf, systemCode } from '../errors.ts';
import { diskFull, unwritable } from './failures.ts';
import { refuseNetworkFileSystem } from './network-file-system.ts';

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
    mkdirSync(stateDir, { recursive: true, mode: 0o700 });
    refuseNetworkFileSystem(realpathSync(stateDir), stateDir);
    accessSync(stateDir, constants.R_OK | constants.W_OK | constants.X_OK);
    if (isFleets(stateDir)) closeToOthers(stateDir, 0o700);
    makeFile(databaseFile(stateDir));
    for (const suffix of ['', '-wal', '-shm']) closeToOthers(databaseFile(stateDir) + suffix, 0o600);
  });
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

function closeToOthers(path: string, mode: number): void {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found !== undefined && (found.mode & 0o077) !== 0 && found.uid === process.getuid?.()) chmodSync(path, mode);
}

function nearestExisting(path: string): string {
  const found = statSync(path, { throwIfNoEntry: false });
  return found !== undefined || dirname(path) === path ? path : nearestExisting(dirname(path));
}

function asked<T>(stateDir: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    const code = systemCode(error);
    if (code === 'ENOSPC' || code === 'EDQUOT') throw diskFull(stateDir, error);
    if (code !== undefined && /^E[A-Z0-9]+$/.test(code)) throw unwritable(stateDir, messageOf(error), error);
    throw error;
  }
}
