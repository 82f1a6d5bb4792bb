import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readdir, readFile, realpath, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { FileMode } from '../../remote/sending.ts';
import { CannotSend } from './cannot-send.ts';
import { matchesGlob } from '../../language/globs.ts';

/** Up to that, a file is read at once. */
export const smallBytes = 1024 ** 2;

/** One file of this computer. */
export interface ParcelFile {
  /** Below the folder on the host. */
  name: string;
  path: string;
  size: number;
  mode: FileMode;
  sha256: string;
}

/** What is sent, and what of a folder is not. */
export interface Parcel {
  files: ParcelFile[];
  bytes: number;
  /** Of all names, contents and whether each can be executed. */
  sha256: string;
  isFolder: boolean;
  /** Links, and what is neither a file nor a folder. */
  leftOut: string[];
}

/** Reads a file, or all of a folder but what `exclude` names. Links are told and not followed. */
export async function readParcel(from: string, exclude: readonly string[], signal?: AbortSignal): Promise<Parcel> {
  const root = await realpath(from).catch(() => {
    throw new CannotSend(`there is no "${from}" on this computer`);
  });
  const isFolder = (await stat(root)).isDirectory();
  const names = isFolder ? await listFolder(root, exclude) : { files: [basename(from)], leftOut: [] };
  const folder = isFolder ? root : dirname(root);
  const files: ParcelFile[] = [];
  for (const name of names.files.toSorted()) {
    signal?.throwIfAborted();
    files.push(await readFacts(name, isFolder ? join(folder, name) : root, signal));
  }
  return {
    files,
    isFolder,
    bytes: files.reduce((sum, { size }) => sum + size, 0),
    sha256: digestOf(files),
    leftOut: names.leftOut.toSorted(),
  };
}

async function listFolder(root: string, exclude: readonly string[]): Promise<{ files: string[]; leftOut: string[] }> {
  const found = { files: [] as string[], leftOut: [] as string[] };
  const folders = [''];
  for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
    const entries = await readdir(join(root, folder), { withFileTypes: true }).catch((error: unknown) => {
      throw new CannotSend(`cannot read the folder "${join(root, folder)}"`, error);
    });
    for (const entry of entries) {
      const name = folder === '' ? entry.name : `${folder}/${entry.name}`;
      if (matchesGlob(exclude, name)) continue;
      if (name.includes('\uFFFD')) throw new CannotSend(`"${name}" in ${root}: its name is not UTF-8`);
      if (entry.isDirectory()) folders.push(name);
      else (entry.isFile() ? found.files : found.leftOut).push(name);
    }
  }
  return found;
}

/** A file with the same stamp is not summed again: a run over several hosts sends the same. */
const known = new Map<string, { stamp: string; sha256: string }>();

async function readFacts(name: string, path: string, signal: AbortSignal | undefined): Promise<ParcelFile> {
  const { size, mode, ino, mtimeMs, ctimeMs } = await stat(path);
  const stamp = [size, ino, mtimeMs, ctimeMs].join(' ');
  const before = known.get(path);
  const sha256 = before?.stamp === stamp ? before.sha256 : await sumFile(path, size, signal);
  known.set(path, { stamp, sha256 });
  return { name, path, size, mode: modeOf(mode), sha256 };
}

async function sumFile(path: string, size: number, signal: AbortSignal | undefined): Promise<string> {
  const hash = createHash('sha256');
  try {
    if (size <= smallBytes) hash.update(await readFile(path));
    else await pipeline(createReadStream(path), hash, { signal });
  } catch (error) {
    signal?.throwIfAborted();
    throw new CannotSend(`cannot read "${path}"`, error);
  }
  return hash.digest('hex');
}

function modeOf(mode: number): FileMode {
  const isPrivate = (mode & 0o077) === 0;
  if ((mode & 0o100) !== 0) return isPrivate ? 0o700 : 0o755;
  return isPrivate ? 0o600 : 0o644;
}

export function isExecutable({ mode }: Pick<ParcelFile, 'mode'>): boolean {
  return (mode & 0o100) !== 0;
}

function digestOf(files: readonly ParcelFile[]): string {
  const hash = createHash('sha256');
  for (const file of files) hash.update(JSON.stringify([file.name, file.sha256, isExecutable(file)]));
  return hash.digest('hex');
}
