import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { appendFile, mkdir, readdir, rename, rm, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { SummedFile } from '../../remote/copies.ts';
import type { CopyPlace } from './copy-place.ts';

/** A folder of this computer. */
export function placeHere(path: string, signal: AbortSignal): CopyPlace {
  const folder = path.startsWith('~/') ? join(homedir(), path.slice(2)) : path;
  const partOf = (name: string) => join(folder, '.part', name);
  return {
    describe: (name) => `local:${join(folder, name)}`,
    sizeOf: (name) => sizeOf(partOf(name)),
    async append(name, offset, bytes) {
      const part = partOf(name);
      await mkdir(dirname(part), { recursive: true, mode: 0o700 });
      if ((await sizeOf(part)) === offset) await appendFile(part, bytes, { mode: 0o600 });
      return sizeOf(part);
    },
    sums: (name) => sumFiles(partOf(name), signal),
    drop: (name) => rm(partOf(name), { recursive: true, force: true }),
    async finish(name) {
      if ((await sizeOf(partOf(name))) === 0) return;
      await rm(join(folder, name), { recursive: true, force: true });
      await mkdir(dirname(join(folder, name)), { recursive: true, mode: 0o700 });
      await rename(partOf(name), join(folder, name));
    },
  };
}

async function sizeOf(file: string): Promise<number> {
  try {
    return (await stat(file)).size;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return 0;
    throw error;
  }
}

async function sumFiles(root: string, signal: AbortSignal): Promise<SummedFile[]> {
  const isFolder = (await stat(root)).isDirectory();
  const files = isFolder
    ? (await readdir(root, { recursive: true, withFileTypes: true }))
        .filter((entry) => entry.isFile())
        .map((entry) => join(entry.parentPath, entry.name))
    : [root];
  const sums: SummedFile[] = [];
  for (const file of files) {
    const hash = createHash('sha256');
    await pipeline(createReadStream(file), hash, { signal });
    const name = isFolder ? relative(root, file) : '.';
    sums.push({ name, size: await sizeOf(file), sha256: hash.digest('hex') });
  }
  return sums;
}
