import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { exitCodes, FleetError, systemCode } from '../errors.ts';
import { quoteAll } from '../quoting.ts';
import { readFileIfThere, replaceFile } from './atomic-file.ts';

const programs = ['nvidia-smi', 'python3', 'torchrun'] as const;

/**
 * Installs each program as a script in `bin` that becomes Node running a copy of its bundle: jobs outlive this fleet, and its update.
 * Through `exec`, the pid and the arguments that `/proc` shows are those of the program.
 */
export async function installPrograms(home: string, bundlesDir: string): Promise<void> {
  const bin = join(home, 'bin');
  const bundles = join(home, '.pretend', 'programs');
  await mkdir(bin, { recursive: true });
  await mkdir(bundles, { recursive: true });
  for (const program of programs) {
    const bundle = join(bundles, `${program}.mjs`);
    await keepCurrent(bundle, await readBundle(join(bundlesDir, `${program}.js`)), 0o644);
    const script = `#!/bin/sh\nexec ${quoteAll([process.execPath, bundle])} "$@"\n`;
    await keepCurrent(join(bin, program), Buffer.from(script), 0o755);
  }
}

async function keepCurrent(path: string, content: Buffer, mode: number): Promise<void> {
  const there = await readFileIfThere(path);
  if (there === null || !there.equals(content)) await replaceFile(path, content, mode);
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
