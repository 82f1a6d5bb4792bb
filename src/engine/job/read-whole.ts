import { describeEnd, type Records, type RecordsReading } from '../../monitor/records.ts';
import type { OffsetRecord } from '../../store/records.ts';
import type { Drive } from '../drive.ts';
import { openCopiedFile } from './copied-file.ts';
import type { JobFile } from './job.ts';
import type { FileReading } from './read-files.ts';

/** Looks at a file that is read whole. Its offset record has other things in its fields: see `describeWhole`. */
export interface WholeFile {
  /** Null when nothing is new, or it is not yet time for the next look. With `final` it is always looked at, and what is wrong with it is told at once. */
  look(known: OffsetRecord, options: { final: boolean }): Promise<FileReading | null>;
}

const shortestPauseMs = 5_000;
/** A large file is not copied all the time. */
const pauseByCopyTime = 20;

/** `read` takes in what is new; `took` is told of it at once. */
export function openWholeFile(
  drive: Drive,
  file: JobFile,
  { read, took }: { read: (records: Records) => RecordsReading; took: (reading: FileReading) => void },
): WholeFile {
  const { clock } = drive.parts;
  const copied = openCopiedFile(drive, file);
  let dueAt = Number.NEGATIVE_INFINITY;
  let suspect: string | null = null;

  async function readNew(known: OffsetRecord, final: boolean): Promise<FileReading | null> {
    const found = await copied.stamp();
    if (found === null || (found.text === known.inode && !found.isFresh)) return null;
    const { fileDigest, lastDigest } = splitHead(known);
    const content = await copied.read(found, fileDigest);
    if (content === null) return null;
    const offset = { ...known, inode: found.text };
    if (content.digest === fileDigest) return told({ offset, reading: null, more: false });
    if (content.mayBeTorn && !final && suspect !== content.digest) {
      suspect = content.digest;
      return null;
    }
    const { source, worker, attempt, generation } = known;
    const place = { source, worker, attempt, generation, taken: known.offset, lastDigest };
    const { reading, ...end } = read({ ...place, content: content.rows, readAt: clock.now() });
    return told({ offset: describeWhole(offset, content.digest, end), reading, more: false });
  }

  function told(reading: FileReading): FileReading {
    took(reading);
    return reading;
  }

  return {
    async look(known, { final }) {
      const begunAt = clock.monotonic();
      if (!final && begunAt < dueAt) return null;
      const reading = await readNew(known, final);
      const endedAt = clock.monotonic();
      dueAt = endedAt + Math.max(shortestPauseMs, pauseByCopyTime * (endedAt - begunAt));
      return reading;
    },
  };
}

/** A file that is read whole, as it stands now: all of it of an older run. */
export async function passOverWholeFile(drive: Drive, file: JobFile, known: OffsetRecord): Promise<OffsetRecord> {
  const copied = openCopiedFile(drive, file);
  const found = await copied.stamp();
  const content = found === null ? null : await copied.read(found, '');
  if (found === null || content === null || typeof content.rows === 'string') return known;
  const end = { ...describeEnd(content.rows), generation: known.generation };
  return describeWhole({ ...known, inode: found.text }, content.digest, end);
}

/** Of a file that is read whole, `inode` is its stamp, `head` the digests of its bytes and of the last record, and `offset` the number of records. */
function describeWhole(known: OffsetRecord, digest: string, end: Omit<RecordsReading, 'reading'>): OffsetRecord {
  return { ...known, head: `${digest} ${end.lastDigest ?? ''}`, offset: end.taken, generation: end.generation };
}

function splitHead({ head }: OffsetRecord): { fileDigest: string; lastDigest: string | null } {
  const [fileDigest = '', lastDigest = ''] = (head ?? '').split(' ');
  return { fileDigest, lastDigest: lastDigest === '' ? null : lastDigest };
}
