import { chmodSync, closeSync, fstatSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import { systemCode } from '../../errors.ts';

/** A file that only this user can read, of `mostBytes` at most; the ones before it are FILE.1, FILE.2, the oldest of which are removed. */
export interface RotatingFile {
  write(line: string): void;
  close(): void;
}

export function openRotatingFile(file: string, { mostBytes, kept }: { mostBytes: number; kept: number }): RotatingFile {
  let descriptor = open(file);
  let size = fstatSync(descriptor).size;

  const rotate = (): void => {
    rmSync(`${file}.${kept}`, { force: true });
    for (let number = kept - 1; number >= 1; number -= 1) renameIfThere(`${file}.${number}`, `${file}.${number + 1}`);
    renameIfThere(file, `${file}.1`);
    const next = open(file);
    closeSync(descriptor);
    descriptor = next;
    size = 0;
  };

  return {
    write: (line) => {
      const bytes = Buffer.from(line);
      try {
        if (size > 0 && size + bytes.length > mostBytes) rotate();
        writeSync(descriptor, bytes);
        size += bytes.length;
      } catch (error) {
        // A full disk is waited for by whoever writes here, and its log must not end it.
        if (!isFullDisk(error)) throw error;
      }
    },
    close: () => closeSync(descriptor),
  };
}

function open(file: string): number {
  const descriptor = openSync(file, 'a', 0o600);
  chmodSync(file, 0o600);
  return descriptor;
}

function isFullDisk(error: unknown): boolean {
  return ['ENOSPC', 'EDQUOT'].includes(systemCode(error) ?? '');
}

function renameIfThere(from: string, to: string): void {
  try {
    renameSync(from, to);
  } catch (error) {
    if (systemCode(error) !== 'ENOENT') throw error;
  }
}
