import { smallestChunkBytes as maxBytes } from '../../monitor/lines.ts';
import type { Chunk, Reading } from '../../monitor/reading.ts';
import { readFrom, type FilePart } from '../../remote/files.ts';
import type { OffsetRecord } from '../../store/records.ts';
import type { Drive } from '../drive.ts';

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
export function unreadFile({ name, path }: { name: string; path: string }, attempt: number): OffsetRecord {
  return { attempt, worker: 0, source: name, path, inode: null, head: null, headBytes: 0, offset: 0, generation: 0 };
}

/**
 * What a file has brought since `offset`. A file with another inode or another head, or one that is shorter than what was read of it, is another
 * file: it is read from its beginning, as a new generation. Nothing is read beyond `end`, which is the next attempt's.
 */
export async function readNewLines(
  drive: Drive,
  offset: OffsetRecord,
  read: (chunk: Chunk) => Reading,
  end: FileEnd | null = null,
): Promise<FileReading> {
  const isBounded = end !== null && (offset.inode === null || offset.inode === end.inode);
  const most = isBounded ? Math.min(maxBytes, Math.max(0, end.size - offset.offset)) : maxBytes;
  const part = await ask(drive, offset, most);
  if (part.kind !== 'file') return { offset, reading: null, more: false };
  if (isReplaced(offset, part)) {
    const fresh = { ...offset, inode: part.inode, head: null, headBytes: 0, offset: 0, generation: offset.generation + 1 };
    return { offset: fresh, reading: null, more: part.size > 0 };
  }
  const known =
    offset.headBytes > 0
      ? offset
      : { ...offset, inode: part.inode, head: part.head, headBytes: part.head === null ? 0 : part.headBytes };
  if (part.bytes.length === 0) return { offset: known, reading: null, more: false };
  const { source, worker, attempt } = offset;
  const reading = read({ source, worker, attempt, bytes: part.bytes, offset: offset.offset, readAt: drive.parts.clock.now() });
  return {
    offset: { ...known, offset: offset.offset + reading.consumed },
    reading,
    more: reading.consumed > 0 && part.bytes.length === most,
  };
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
