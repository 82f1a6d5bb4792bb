import { smallestChunkBytes as maxBytes } from '../../monitor/lines.ts';
import type { Chunk, Reading } from '../../monitor/reading.ts';
import { readFrom, type FilePart } from '../../remote/files.ts';
import type { OffsetRecord } from '../../store/records.ts';
import type { Drive } from '../drive.ts';
import { jobPlace } from './job.ts';

/** A line of column names is not longer. */
const headerBytes = 64 * 1024;

export interface FileReading {
  offset: OffsetRecord;
  reading: Reading | null;
  /** More is there than one reading takes. */
  more: boolean;
}

/** Where the part of an attempt ends, of the file that had this inode then. */
export interface FileEnd {
  size: number;
  inode: string;
}

/** Where a file begins that was never looked at. */
export function unreadFile(drive: Drive, { name, path }: { name: string; path: string }, generation = 0): OffsetRecord {
  const { attempt, worker } = jobPlace(drive);
  return { attempt, worker, source: name, path, inode: null, head: null, headBytes: 0, offset: 0, generation };
}

/** Reads whole lines. Of a file whose columns stand at its beginning alone it may want that, too. */
export interface LineReader {
  read(chunk: Chunk): Reading;
  /** What has been read, at once: from then on it must be stored with all that is judged, whether or not the look comes to its end. */
  took(reading: FileReading): void;
  needsHead(place: Pick<Chunk, 'source' | 'worker' | 'generation'>): boolean;
}

/**
 * What a file has brought since `offset`. A file with another inode or another head, or one that is shorter than what was read of it, is another
 * file: it is read from its beginning, as a new generation. Nothing is read beyond `end`, which is the next attempt's.
 */
export async function readNewLines(
  drive: Drive,
  offset: OffsetRecord,
  reader: LineReader,
  { label = null, end = null }: { label?: string | null; end?: FileEnd | null } = {},
): Promise<FileReading> {
  const isBounded = end !== null && (offset.inode === null || offset.inode === end.inode);
  const most = isBounded ? Math.min(maxBytes, Math.max(0, end.size - offset.offset)) : maxBytes;
  const part = await ask(drive, offset, most);
  const told = (reading: FileReading) => {
    reader.took(reading);
    return reading;
  };
  if (part.kind !== 'file') return { offset, reading: null, more: false };
  if (isReplaced(offset, part)) {
    const fresh = { ...offset, inode: part.inode, head: null, headBytes: 0, offset: 0, generation: offset.generation + 1 };
    return told({ offset: fresh, reading: null, more: part.size > 0 });
  }
  const known =
    offset.headBytes > 0
      ? offset
      : { ...offset, inode: part.inode, head: part.head, headBytes: part.head === null ? 0 : part.headBytes };
  if (part.bytes.length === 0) return told({ offset: known, reading: null, more: false });
  const { source, worker, attempt, generation } = offset;
  const head = offset.offset > 0 && reader.needsHead({ source, worker, generation }) ? await readHead(drive, offset) : null;
  const readAt = drive.parts.clock.now();
  const place = { source, worker, attempt, generation, label, head };
  const reading = reader.read({ ...place, bytes: part.bytes, offset: offset.offset, readAt });
  return told({
    offset: { ...known, offset: offset.offset + reading.consumed },
    reading,
    more: reading.consumed > 0 && part.bytes.length === most,
  });
}

async function readHead(drive: Drive, { path }: OffsetRecord): Promise<Buffer | null> {
  const wanted = { path, offset: 0, maxBytes: headerBytes, headBytes: 1 };
  const part = await drive.session.call(readFrom(drive.plan.playbook.workdir, wanted));
  return part.kind === 'file' ? part.bytes : null;
}

function ask(drive: Drive, { path, offset, headBytes }: OffsetRecord, most: number): Promise<FilePart> {
  return drive.session.call(readFrom(drive.plan.playbook.workdir, { path, offset, maxBytes: most, headBytes }));
}

function isReplaced(offset: OffsetRecord, part: Extract<FilePart, { kind: 'file' }>): boolean {
  if (part.size < offset.offset) return true;
  if (offset.inode === null || offset.headBytes === 0)
    return offset.inode !== null && offset.inode !== part.inode && offset.offset > 0;
  return part.inode !== offset.inode || (part.head !== null && part.head !== offset.head);
}
