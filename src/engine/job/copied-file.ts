import { createHash } from 'node:crypto';
import { smallestChunkBytes as pieceBytes } from '../../monitor/lines.ts';
import { parseJsonRows, type RecordRows } from '../../monitor/records.ts';
import { readFrom, stampNewest, type FileStamp } from '../../remote/files.ts';
import { queryForeignDatabase } from '../../store/foreign-database.ts';
import type { Drive } from '../drive.ts';
import type { JobFile } from './job.ts';

/** What a file holds. `rows` is text when it cannot be used; `mayBeTorn`: that may be because it was being written. */
interface Content {
  digest: string;
  rows: RecordRows | string;
  mayBeTorn: boolean;
}

/** A file that is copied whole, the newest match of its path; of a database with the log that stands beside it. */
export interface CopiedFile {
  stamp(): Promise<FileStamp | null>;
  /** Null when it was written to while it was copied: what came is of two moments. Not looked into when its digest is `known`. */
  read(found: FileStamp, known: string): Promise<Content | null>;
}

const mebibyte = 2 ** 20;
const largest = { json: 16 * mebibyte, sqlite: 64 * mebibyte };

export function openCopiedFile(drive: Drive, file: JobFile): CopiedFile {
  const kind = file.kind === 'sqlite' ? 'sqlite' : 'json';
  const suffix = kind === 'sqlite' ? '-wal' : '';
  const stamp = () => drive.session.call(stampNewest(drive.plan.playbook.workdir, file.path, suffix));

  async function copy(found: FileStamp): Promise<Buffer[] | null> {
    const parts = [await readAll(drive, found.path, found.size)];
    if (found.sizeBeside !== null) parts.push(await readAll(drive, `${found.path}${suffix}`, found.sizeBeside));
    const after = await stamp();
    return after?.text === found.text ? parts : null;
  }

  return {
    stamp,
    async read(found, known) {
      const size = found.size + (found.sizeBeside ?? 0);
      if (size > largest[kind]) {
        return { digest: `${size} bytes`, rows: `a file of more than ${largest[kind] / mebibyte} MiB`, mayBeTorn: false };
      }
      const parts = await copy(found);
      if (parts === null) return null;
      const digest = digestOf(parts);
      return digest === known ? { digest, rows: '', mayBeTorn: false } : { digest, ...(await readRows(drive, file, parts)) };
    },
  };
}

async function readAll(drive: Drive, path: string, size: number): Promise<Buffer> {
  const pieces: Buffer[] = [];
  for (let offset = 0; offset < size; offset += pieceBytes) {
    const wanted = { path, offset, maxBytes: Math.min(pieceBytes, size - offset), headBytes: 1 };
    const part = await drive.session.call(readFrom(drive.plan.playbook.workdir, wanted));
    if (part.kind !== 'file') break;
    pieces.push(part.bytes);
  }
  return Buffer.concat(pieces);
}

function digestOf(parts: readonly Buffer[]): string {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(`${part.length}:`).update(part);
  return hash.digest('hex').slice(0, 32);
}

async function readRows(drive: Drive, file: JobFile, [bytes = Buffer.alloc(0), log]: Buffer[]): Promise<Omit<Content, 'digest'>> {
  const rule = drive.plan.playbook.monitor?.metrics.find(({ name }) => name === file.name);
  if (rule?.kind === 'sqlite') {
    const answer = await queryForeignDatabase({ database: bytes, log: log ?? null }, rule.query);
    if (answer.kind === 'rows') return { rows: { list: answer.rows }, mayBeTorn: false };
    return { rows: answer.reason, mayBeTorn: answer.kind === 'damaged' };
  }
  const rows = parseJsonRows(bytes, rule?.kind === 'json' ? rule.rows : null);
  return { rows, mayBeTorn: typeof rows === 'string' };
}
