import { closeSync, ftruncateSync, openSync, renameSync, writeSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Writes `checkpoint_step<N>.pt`: as large as a real one, almost none of it on the disk, with the first and last bytes of the zip archive
 * that torch writes.
 */
export function writeCheckpoint(outDir: string, step: number, bytes: number): void {
  const path = join(outDir, `checkpoint_step${step}.pt`);
  const temporary = `${path}.tmp`;
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
