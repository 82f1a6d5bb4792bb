import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ParsedKey } from 'ssh2';
import { formatPublicKey } from './keys.ts';
import { isLeftover, nameForThisProcess } from './process-start.ts';

/**
 * Writes a known_hosts file for one start of the host: its port differs each time, and several fleet processes may serve the same host at
 * once. What processes that are gone left behind is removed.
 */
export async function writeKnownHosts(folder: string, port: number, hostKey: ParsedKey): Promise<string> {
  const files = join(folder, 'known_hosts');
  await mkdir(files, { recursive: true, mode: 0o700 });
  await removeLeftovers(files);
  const path = join(files, nameForThisProcess(String(port)));
  await writeFile(path, `[127.0.0.1]:${port} ${formatPublicKey(hostKey)}\n`, { mode: 0o600 });
  return path;
}

async function removeLeftovers(files: string): Promise<void> {
  for (const name of await readdir(files)) {
    if (isLeftover(name)) await rm(join(files, name), { force: true });
  }
}
