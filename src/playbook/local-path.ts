import { homedir } from 'node:os';
import { dirname, resolve } from 'node:path';

/** A path on this computer, as an author writes it: relative to the folder of the playbook. */
export function resolveLocalPath(playbook: string, path: string): string {
  const isInHome = path === '~' || path.startsWith('~/');
  return resolve(dirname(playbook), isInHome ? homedir() + path.slice(1) : path);
}
