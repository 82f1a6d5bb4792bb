import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { OwnMachine } from '../own-machine.ts';
import { catalog } from './catalog.ts';

/** A python3 with its packages: the machine's own, or one of a virtual environment. */
export interface Interpreter {
  version: string;
  executable: string;
  /** The folder of the virtual environment; null: the machine's own. */
  prefix: string | null;
  /** Versions by names. */
  packages: ReadonlyMap<string, string>;
}

const venvMark = 'pyvenv.cfg';
const packagesFile = 'pretend-packages.txt';

/**
 * `program` is the path by which Node was told to run this program: a virtual environment has a link of its own to it in `lib`, as a real
 * one is known by the path of its python3.
 */
export function findInterpreter({ machine, bin }: OwnMachine, program: string): Interpreter {
  const prefix = dirname(dirname(program));
  const version = machine.python;
  if (!existsSync(join(prefix, venvMark))) {
    return { version, executable: join(bin, 'python3'), prefix: null, packages: listOwnPackages(machine.torch) };
  }
  const packages = parsePackages(readFileSync(join(prefix, packagesFile), 'utf8'));
  return { version, executable: join(prefix, 'bin', 'python3'), prefix, packages };
}

/** Where packages of this interpreter lie, as pip tells it. */
export function sitePackagesOf({ prefix, executable, version }: Interpreter): string {
  return join(
    prefix ?? dirname(dirname(executable)),
    'lib',
    `python${version.split('.').slice(0, 2).join('.')}`,
    'site-packages',
  );
}

function listOwnPackages(torch: string): Map<string, string> {
  return new Map([...catalog].map(([name, { version }]) => [name, name === 'torch' ? torch : version]));
}

function parsePackages(text: string): Map<string, string> {
  const lines = text.split('\n').filter((line) => line !== '');
  return new Map(lines.map((line): [string, string] => [line.slice(0, line.indexOf('==')), line.slice(line.indexOf('==') + 2)]));
}
