import { chmodSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { quoteAll } from '../../quoting.ts';
import { catalog } from './catalog.ts';

/** Versions by names. */
export type Packages = ReadonlyMap<string, string>;

/** What only machines with a TPU have. */
const tpuPackages = ['adam-atan2', 'google-cloud-storage', 'torch-xla'];

/** What the machine's own python3 has: all of the catalog that is meant for it, and PyTorch in the build of the machine. */
export function listOwnPackages(torch: string, hasTpu = false): Packages {
  const meant = [...catalog].filter(([name]) => hasTpu || !tpuPackages.includes(name));
  return new Map(meant.map(([name, { version }]) => [name, name === 'torch' ? torch : version]));
}

/** What a virtual environment has; it is a file of its folder. */
export function readPackages(prefix: string): Packages {
  const lines = readFileSync(fileOf(prefix), 'utf8')
    .split('\n')
    .filter((line) => line !== '');
  return new Map(lines.map((line): [string, string] => [line.slice(0, line.indexOf('==')), line.slice(line.indexOf('==') + 2)]));
}

/** Leaves these in a virtual environment, and the commands that they bring in its `bin`. `program` is its link to the pretend python3. */
export function writePackages(prefix: string, program: string, packages: Packages): void {
  const temporary = `${fileOf(prefix)}.${process.pid}`;
  writeFileSync(temporary, [...packages].map(([name, version]) => `${name}==${version}\n`).join(''));
  renameSync(temporary, fileOf(prefix));
  for (const name of packages.keys()) {
    const command = catalog.get(name)?.command ?? null;
    if (command !== null) writeCommand(join(prefix, 'bin', command), program, ['-m', command]);
  }
}

/** A script that becomes the pretend python3. */
export function writeCommand(path: string, program: string, args: string[]): void {
  writeFileSync(path, `#!/bin/sh\nexec ${quoteAll([process.execPath, program, ...args])} "$@"\n`);
  chmodSync(path, 0o755);
}

function fileOf(prefix: string): string {
  return join(prefix, 'pretend-packages.txt');
}
