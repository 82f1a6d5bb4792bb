import { dirname } from 'node:path';
import { FleetError, exitCodes, messageOf, systemCode } from '../errors.ts';
import { readRoom } from './room.ts';

/** What a person reads when the database at `file` cannot be used; any other error comes back as it is, since it is a defect. */
export function explainFailure(error: unknown, file: string): unknown {
  const code = systemCode(error);
  // What looks for the native part tells only in words that it is missing.
  const isMissing = code === undefined && messageOf(error).startsWith('Could not locate the bindings file');
  if (isMissing || code === 'ERR_DLOPEN_FAILED') return cannotLoad(error);
  if (!code?.startsWith('SQLITE_')) return error;
  // Memory shared through a file is the first to fail on a full disk, with an error that does not say so.
  const isFull = code === 'SQLITE_FULL' || (code.startsWith('SQLITE_IOERR') && readRoom(dirname(file))?.full === true);
  if (isFull) return diskFull(dirname(file), error);
  if (/^SQLITE_(BUSY|LOCKED)/.test(code)) return busy(file, error);
  // What SQLite says of a stored document that it was to read itself.
  const isGarbled = code === 'SQLITE_ERROR' && messageOf(error) === 'malformed JSON';
  if (isGarbled || /^SQLITE_(CORRUPT|NOTADB)/.test(code)) return corruptDatabase(file, messageOf(error), error);
  if (/^SQLITE_(READONLY|CANTOPEN|PERM|AUTH)/.test(code)) return unwritable(file, messageOf(error), error);
  if (code.startsWith('SQLITE_IOERR')) return readFailed(file, code, error);
  return error;
}

export function unwritable(path: string, reason: string, cause?: unknown): FleetError {
  return new FleetError(`state folder "${path}": cannot be written: ${reason}`, {
    code: 'state-folder-unwritable',
    exit: exitCodes.couldNot,
    suggestions: ['let your user write there, or set FLEET_STATE_DIR to a folder that it can write'],
    cause,
  });
}

export function diskFull(folder: string, cause?: unknown): FleetError {
  return new FleetError(`state folder "${folder}": the disk is full; what was being written is not stored`, {
    code: 'disk-full',
    exit: exitCodes.couldNot,
    suggestions: [`make room on the disk that holds "${folder}"; jobs that run on hosts go on meanwhile`, 'then: fleet resume'],
    cause,
  });
}

export function corruptDatabase(file: string, reason: string, cause?: unknown): FleetError {
  return new FleetError(`"${file}": not a usable fleet database: ${reason}`, {
    code: 'corrupt-database',
    exit: exitCodes.couldNot,
    suggestions: [
      'fleet resume --rebuild HOST sets it aside, and makes a new one from what HOST knows of its runs; jobs on hosts go on meanwhile',
      `it was left as it is; to save more of it by hand: sqlite3 "${file}" .recover`,
    ],
    cause,
  });
}

export function goneDatabase(file: string): FleetError {
  return new FleetError(`"${file}" was removed, or another file was put in its place, while this process was using it`, {
    code: 'store-gone',
    exit: exitCodes.couldNot,
    suggestions: [
      'jobs on hosts go on; fleet status shows the store that is there now',
      'fleet resume --rebuild HOST puts the runs of a host into it',
    ],
  });
}

/** A stored document, whose page may have been garbled without SQLite noticing. */
export function parseStored(text: string, file: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw corruptDatabase(file, `a stored document is garbled: ${messageOf(error)}`, error);
  }
}

export function foreignDatabase(file: string): FleetError {
  return new FleetError(`"${file}": it belongs to another program, expected a fleet database`, {
    code: 'foreign-database',
    exit: exitCodes.couldNot,
    suggestions: ['set FLEET_STATE_DIR to another folder'],
  });
}

export function newerDatabase(file: string, found: number, known: number): FleetError {
  return new FleetError(`"${file}": database version ${found} is newer than version ${known}, the newest that this fleet knows`, {
    code: 'newer-database',
    exit: exitCodes.couldNot,
    suggestions: ['use the newer fleet that wrote it', 'or set FLEET_STATE_DIR to another folder'],
  });
}

function busy(file: string, cause: unknown): FleetError {
  return new FleetError(`"${file}": locked by another program for too long`, {
    code: 'store-busy',
    exit: exitCodes.couldNot,
    suggestions: ['try again; if it stays locked, see who holds it: fuser -v ' + `"${file}"`],
    cause,
  });
}

function cannotLoad(cause: unknown): FleetError {
  return new FleetError(`better-sqlite3: its native part cannot be loaded by Node ${process.version}`, {
    code: 'database-addon-unloadable',
    exit: exitCodes.couldNot,
    suggestions: ["run in fleet's folder: npm rebuild better-sqlite3"],
    cause,
  });
}

function readFailed(file: string, code: string, cause: unknown): FleetError {
  return new FleetError(`"${file}": the disk refused to read or write (${code})`, {
    code: 'state-disk-error',
    exit: exitCodes.couldNot,
    suggestions: ["look at the kernel's log and at the disk quota"],
    cause,
  });
}
