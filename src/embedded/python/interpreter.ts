import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { OwnMachine } from '../own-machine.ts';
import { listOwnPackages, readPackages } from './packages.ts';
import type { Packages } from './packages.ts';

/** A python3 with its packages: the machine's own, or one of a virtual environment. */
export interface Interpreter {
  version: string;
  executable: string;
  /** The program that Node runs. */
  program: string;
  /** The folder of the virtual environment; null: the machine's own. */
  prefix: string | null;
  /** Of the machine's own: only the system's installer may change it. */
  externallyManaged: boolean;
  packages: Packages;
}

/**
 * `program` is the path by which Node was told to run this program: a virtual environment has a link of its own to it in `lib`, as a real
 * one is known by the path of its python3.
 */
export function findInterpreter({ machine, bin }: OwnMachine, program: string): Interpreter {
  const prefix = dirname(dirname(program));
  const version = machine.python;
  if (existsSync(join(prefix, 'pyvenv.cfg'))) {
    return {
      version,
      executable: join(prefix, 'bin/python3'),
      program,
      prefix,
      externallyManaged: false,
      packages: readPackages(prefix),
    };
  }
  const hasTpu = machine.tpu !== null;
  return {
    version,
    executable: join(bin, 'python3'),
    program,
    prefix: null,
    externallyManaged: !hasTpu,
    packages: listOwnPackages(machine.torch, hasTpu),
  };
}

/** Where its packages lie, as pip tells it. */
export function sitePackagesOf({ prefix, executable, version }: Interpreter): string {
  return join(
    prefix ?? dirname(dirname(executable)),
    'lib',
    `python${version.split('.').slice(0, 2).join('.')}`,
    'site-packages',
  );
}
