import { mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { exitCodes, FleetError, systemCode } from '../errors.ts';
import { quoteAll } from '../quoting.ts';
import { keepCurrent } from './atomic-file.ts';
import { listForeignPrograms } from './machines.ts';
import type { Machine } from './machines.ts';

/** What every machine has: the bundle of each command, and the arguments that stand in front. */
const commonCommands: ReadonlyMap<string, string[]> = new Map([
  ['python3', ['python3']],
  ['python', ['python3']],
  ['pip', ['python3', '-m', 'pip']],
  ['pip3', ['python3', '-m', 'pip']],
  ['pytest', ['python3', '-m', 'pytest']],
  ['dmesg', ['dmesg']],
]);

/** Folders of this computer that are on the host's PATH, behind its `bin`. */
export const systemFolders: readonly string[] = ['/usr/local/bin', '/usr/bin', '/bin'];

/**
 * Installs each program as a script in `bin` that becomes Node running a copy of its bundle: jobs outlive this fleet, and its update.
 * Through `exec`, the pid and the arguments that `/proc` shows are those of the program. One that dies of a signal leaves no core of Node.
 */
export async function installPrograms(home: string, bundlesDir: string, machine: Machine): Promise<void> {
  const bin = join(home, 'bin');
  const bundles = join(home, '.pretend', 'programs');
  await mkdir(bin, { recursive: true });
  await mkdir(bundles, { recursive: true });
  const commands = new Map([...commonCommands, ...machine.programs.map((name): [string, string[]] => [name, [name]])]);
  for (const [name, [bundle = name, ...args]] of commands) {
    const path = join(bundles, `${bundle}.mjs`);
    await keepCurrent(path, await readBundle(join(bundlesDir, `${bundle}.js`)), 0o644);
    await keepCurrent(
      join(bin, name),
      Buffer.from(`#!/bin/sh\nulimit -c 0\nexec ${quoteAll([process.execPath, path, ...args])} "$@"\n`),
      0o755,
    );
  }
  await hideForeignPrograms(bin, listForeignPrograms(machine), systemFolders);
}

/** `bin` has none of these. Where the computer has one, a script stands before it and answers as a shell does that finds none. */
export async function hideForeignPrograms(bin: string, names: readonly string[], folders: readonly string[]): Promise<void> {
  const found = new Set((await Promise.all(folders.map(listFolder))).flat());
  for (const name of names) {
    const path = join(bin, name);
    const script = `#!/bin/sh\necho "sh: ${name}: command not found" >&2\nexit 127\n`;
    if (found.has(name)) await keepCurrent(path, Buffer.from(script), 0o755);
    else await rm(path, { force: true });
  }
}

async function listFolder(path: string): Promise<string[]> {
  try {
    return await readdir(path);
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return [];
    throw error;
  }
}

async function readBundle(path: string): Promise<Buffer> {
  try {
    return await readFile(path);
  } catch (error) {
    if (systemCode(error) !== 'ENOENT') throw error;
    throw new FleetError(`${path}: a pretend program of the embedded hosts is missing`, {
      code: 'embedded-program-missing',
      exit: exitCodes.couldNot,
      suggestions: ['build fleet: npm run build'],
      cause: error,
    });
  }
}
