import { closeSync, ftruncateSync, openSync, readSync, renameSync, statSync, writeSync } from 'node:fs';
import { basename } from 'node:path';
import { systemCode } from '../../errors.ts';
import { pythonError } from './failure.ts';
import { layOutArchive } from './zip-archive.ts';

/** Writes a checkpoint: a zip archive as torch writes it, as large as a real one, almost none of it on the disk. */
export function writeCheckpoint(path: string, bytes: number): void {
  const temporary = `${path}.${process.pid}.tmp`;
  writeParts(temporary, bytes, layOutArchive('archive/data/0', bytes));
  renameSync(temporary, path);
}

/** What is there of one in the middle of being written: the first half. */
export function writeHalfCheckpoint(path: string, bytes: number): void {
  const [start] = layOutArchive('archive/data/0', bytes);
  writeParts(path, Math.floor(bytes / 2), [start]);
}

/** The step of a checkpoint that can be loaded; else what torch raises. */
export function loadStep(path: string): number {
  requireCheckpoint(path);
  const step = /(?:step|epoch)_?(\d+)\.\w+$/.exec(basename(path))?.[1];
  if (step === undefined)
    throw pythonError(`KeyError: 'step' (the pretend trainer takes it from the name, got ${basename(path)})`);
  return Number(step);
}

/** Throws as torch does when it is not there or not whole. */
export function requireCheckpoint(path: string): void {
  if (!hasArchiveEnd(path)) {
    throw pythonError('RuntimeError: PytorchStreamReader failed reading zip archive: failed finding central directory');
  }
}

function hasArchiveEnd(path: string): boolean {
  let file: number;
  try {
    file = openSync(path, 'r');
  } catch (error) {
    if (systemCode(error) === 'ENOENT') throw pythonError(`FileNotFoundError: [Errno 2] No such file or directory: '${path}'`);
    throw error;
  }
  try {
    const end = Buffer.alloc(22);
    readSync(file, end, 0, end.length, Math.max(0, statSync(path).size - end.length));
    return end.readUInt32LE(0) === 0x06054b50;
  } finally {
    closeSync(file);
  }
}

function writeParts(path: string, bytes: number, parts: { at: number; content: Buffer }[]): void {
  const file = openSync(path, 'w');
  try {
    ftruncateSync(file, bytes);
    for (const { at, content } of parts) writeSync(file, content, 0, content.length, at);
  } finally {
    closeSync(file);
  }
}
