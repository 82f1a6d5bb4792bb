import { statfsSync } from 'node:fs';
import { systemCode } from '../errors.ts';

export interface Room {
  freeBytes: number;
  /** Too little is left to store what one look at a job may bring. */
  full: boolean;
}

const fullBelowBytes = 1024 * 1024;

/** Room on the disk that holds `folder`; null where the system does not tell. */
export function readRoom(folder: string): Room | null {
  try {
    const { bavail, bsize } = statfsSync(folder);
    const freeBytes = bavail * bsize;
    return { freeBytes, full: freeBytes < fullBelowBytes };
  } catch (error) {
    if (systemCode(error) === undefined) throw error;
    return null;
  }
}
