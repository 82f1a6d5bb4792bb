import { spawnSync } from 'node:child_process';

/** Whether file systems can be mounted here. Root may be kept from it, in a container; then the tests that need it are left out. */
export function canMount(): boolean {
  if (spawnSync('unshare', ['-m', 'true']).status === 0 && process.getuid?.() === 0) return true;
  console.warn('skipping the tests that mount a file system: they need root, and a machine that lets root mount');
  return false;
}
