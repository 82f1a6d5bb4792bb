import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { keepCurrent } from '../atomic-file.ts';
import { pythonError } from '../training/failure.ts';

const files = ['data/hdf5_cache/R1_windows.h5', 'data/hdf5_cache/R2_windows.h5'];
export const windowsPerFile = 320;

/** What git does not keep of the repository: the first bytes of an HDF5 file stand for the windows of a release. */
export async function writeCache(repository: string): Promise<void> {
  const content = Buffer.concat([Buffer.from('\x89HDF\r\n\x1a\n', 'latin1'), Buffer.alloc(4_088)]);
  for (const file of files) {
    const path = join(repository, file);
    await mkdir(dirname(path), { recursive: true });
    await keepCurrent(path, content, 0o644);
  }
}

/** The files of the cache, or what h5py raises. */
export function requireCache(): string[] {
  const missing = files.find((file) => !existsSync(file));
  if (missing === undefined) return files;
  throw pythonError(
    `FileNotFoundError: [Errno 2] Unable to open file (unable to open file: name = '${missing}', errno = 2, error message = 'No such file or directory')`,
  );
}
