import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { installPrograms } from './install-programs.ts';
import { installWorkspace } from './install-workspace.ts';

/** Puts the pretend programs and the workspace in place. Safe to call again, and by several processes at once. */
export async function installHome(home: string, assetsDir: string): Promise<void> {
  await mkdir(home, { recursive: true, mode: 0o700 });
  await installPrograms(home, join(assetsDir, 'pretend'));
  await installWorkspace(home, join(assetsDir, 'workspace'));
}
