import { constants, closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { isUtf8 } from 'node:buffer';
import { messageOf, systemCode } from './errors.ts';
import type { Problem } from './problem.ts';

const largestTextFile = 2 ** 20;

interface TextFile {
  text: string;
  bytes: Buffer;
}

/** Reads a regular file of strict UTF-8. A file past the limit is refused before it is read. */
export function readTextFile(file: string): { read: TextFile; problem: null } | { read: null; problem: Problem } {
  const refuse = (message: string, line: number | null = null) => ({
    read: null,
    problem: { file, line, column: null, path: '', message, suggestion: null, severity: 'error' as const },
  });
  let bytes: Buffer;
  try {
    const found = readBytes(file);
    if (typeof found === 'string') return refuse(found);
    bytes = found;
  } catch (error) {
    return refuse(explainFailure(error));
  }
  const text = bytes.toString('utf8');
  const bad = findBadByte(bytes, text);
  if (bad !== null) return refuse(`invalid UTF-8: byte 0x${hex(bytes[bad])}`, lineOf(bytes, bad));
  const nul = bytes.indexOf(0);
  if (nul !== -1) return refuse('not a text file: a NUL byte', lineOf(bytes, nul));
  return { read: { text, bytes }, problem: null };
}

function readBytes(file: string): Buffer | string {
  // Without O_NONBLOCK, opening a FIFO that nobody writes to would wait forever.
  const descriptor = openSync(file, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    const stats = fstatSync(descriptor);
    if (!stats.isFile()) return `expected a file, got ${stats.isDirectory() ? 'a folder' : 'something that is not a plain file'}`;
    if (stats.size > largestTextFile) return tooLarge(`${stats.size} bytes`);
    // One byte more than allowed, in case it grows meanwhile.
    const buffer = Buffer.alloc(largestTextFile + 1);
    let length = 0;
    while (length < buffer.length) {
      const count = readSync(descriptor, buffer, length, buffer.length - length, null);
      if (count === 0) break;
      length += count;
    }
    return length > largestTextFile ? tooLarge('more') : Buffer.from(buffer.subarray(0, length));
  } finally {
    closeSync(descriptor);
  }
}

function tooLarge(got: string): string {
  return `too large: expected at most ${largestTextFile} bytes (1 MiB), got ${got}`;
}

function explainFailure(error: unknown): string {
  switch (systemCode(error)) {
    case 'ENOENT':
    case 'ENOTDIR':
      return 'no such file';
    case 'EACCES':
    case 'EPERM':
      return 'this user may not read it';
    default:
      return `cannot be read: ${messageOf(error)}`;
  }
}

/** Decoding replaces what is not UTF-8, so the first difference after encoding again is the first bad byte. */
function findBadByte(bytes: Buffer, text: string): number | null {
  if (isUtf8(bytes)) return null;
  const again = Buffer.from(text, 'utf8');
  for (let offset = 0; offset < bytes.length; offset++) if (bytes[offset] !== again[offset]) return offset;
  return bytes.length - 1;
}

function lineOf(bytes: Buffer, offset: number): number {
  let line = 1;
  for (let index = bytes.indexOf(10); index !== -1 && index < offset; index = bytes.indexOf(10, index + 1)) line++;
  return line;
}

function hex(byte: number | undefined): string {
  return (byte ?? 0).toString(16).padStart(2, '0');
}
