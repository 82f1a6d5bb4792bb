import { chmodSync, closeSync, fstatSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';

/** A file that only this user can read, of `mostBytes` at most; the ones before it are FILE.1, FILE.2, the oldest of which are removed. */
export interface RotatingFile {
  write(line: string): void;
  close(): void;
}

export function openRotatingFile(file: string, { mostBytes, kept }: { mostBytes: number; kept: number }): RotatingFile {
  let descriptor = open(file);
  let size = fstatSync(descriptor).size;

  const rotate = (): void => {
    closeSync(descriptor);
    rmSync(`${file}.${kept}`, { force: true });
    for (let number = kept - 1; number >= 1; number -= 1) renameIfThere(`${file}.${number}`, `${file}.${number + 1}`);
    renameIfThere(file, `${file}.1`);
    descriptor = open(file);
    size = 0;
  };

  return {
    write: (line) => {
      const bytes = Buffer.from(line);
      if (size > 0 && size + bytes.length > mostBytes) rotate();
      writeSync(descriptor, bytes);
      size += bytes.length;
    },
    close: () => closeSync(descriptor),
  };
}

function open(file: string): number {
  const descriptor = openSync(file, 'a', 0o600);
  chmodSync(file, 0o600);
  return descriptor;
}

function renameIfThere(from: string, to: string): void {
  try {
    renameSync(from, to);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error;
  }
}
