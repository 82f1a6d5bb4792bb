import { closeSync, ftruncateSync, openSync, renameSync, writeSync } from 'node:fs';

/**
 * Writes a checkpoint: as large as a real one, almost none of it on the disk, with the first and last bytes of the zip archive
 * that torch writes.
 */
export function writeCheckpoint(path: string, bytes: number): void {
  const temporary = `${path}.${process.pid}.tmp`;
  const file = openSync(temporary, 'w');
  try {
    writeSync(file, archiveStart, 0, archiveStart.length, 0);
    ftruncateSync(file, bytes);
    writeSync(file, archiveEnd, 0, archiveEnd.length, bytes - archiveEnd.length);
  } finally {
    closeSync(file);
  }
  renameSync(temporary, path);
}

const archiveStart = Buffer.from('504b0304000008080000', 'hex');
/** End of central directory, with no comment. */
const archiveEnd = Buffer.concat([Buffer.from('504b0506', 'hex'), Buffer.alloc(18)]);
