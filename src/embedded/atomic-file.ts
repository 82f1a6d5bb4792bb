import { randomBytes } from 'node:crypto';
import { chmod, link, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { systemCode } from '../errors.ts';

/** Puts `content` at `path` in one move, so that another process never reads half of it. */
export async function replaceFile(path: string, content: string | Buffer, mode: number): Promise<void> {
  const temporary = await writeBeside(path, content, mode);
  await rename(temporary, path);
}

/** The same, and touches nothing where the file has this content already. */
export async function keepCurrent(path: string, content: string | Buffer, mode: number): Promise<void> {
  const there = await readFileIfThere(path);
  if (there === null || !there.equals(Buffer.from(content))) await replaceFile(path, content, mode);
}

/** Puts `content` at `path` unless a file is there already, and returns what stands there in the end: the first writer wins. */
export async function createFileOnce(path: string, content: string, mode: number): Promise<string> {
  const temporary = await writeBeside(path, content, mode);
  try {
    await link(temporary, path);
    return content;
  } catch (error) {
    if (systemCode(error) !== 'EEXIST') throw error;
    return await readFile(path, 'utf8');
  } finally {
    await rm(temporary);
  }
}

/** The text of a file, or null when there is none. */
export async function readFileIfThere(path: string): Promise<Buffer | null> {
  try {
    return await readFile(path);
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return null;
    throw error;
  }
}

async function writeBeside(path: string, content: string | Buffer, mode: number): Promise<string> {
  const temporary = `${path}.${process.pid}.${randomBytes(6).toString('hex')}.tmp`;
  await writeFile(temporary, content, { mode, flag: 'wx' });
  await chmod(temporary, mode);
  return temporary;
}
