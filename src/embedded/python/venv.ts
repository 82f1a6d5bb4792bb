import { existsSync, mkdirSync, renameSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { quote } from '../../quoting.ts';
import { catalog } from './catalog.ts';
import { readPackages, writeCommand, writePackages } from './packages.ts';
import type { Packages } from './packages.ts';

/** What a new virtual environment has. */
const firstPackages: Packages = new Map(
  ['pip', 'setuptools'].map((name): [string, string] => [name, catalog.get(name)?.version ?? '']),
);

/**
 * Makes a virtual environment in `folder`, an absolute path, whose commands run `bundle`. One that is there keeps its packages, unless it
 * is given others.
 */
export function makeVenv(folder: string, bundle: string, version: string, packages: Packages | null = null): void {
  const program = join(folder, 'lib', 'python3.mjs');
  const isNew = !existsSync(join(folder, 'pyvenv.cfg'));
  mkdirSync(join(folder, 'bin'), { recursive: true });
  mkdirSync(join(folder, 'lib'), { recursive: true });
  symlinkSync(bundle, `${program}.${process.pid}`);
  renameSync(`${program}.${process.pid}`, program);
  for (const name of ['python', 'python3']) writeCommand(join(folder, 'bin', name), program, []);
  for (const name of ['pip', 'pip3']) writeCommand(join(folder, 'bin', name), program, ['-m', 'pip']);
  writeFileSync(join(folder, 'bin', 'activate'), formatActivate(folder));
  writePackages(folder, program, packages ?? (isNew ? firstPackages : readPackages(folder)));
  writeFileSync(join(folder, 'pyvenv.cfg'), `include-system-site-packages = false\nversion = ${version}\n`);
}

function formatActivate(folder: string): string {
  return `# This file must be used with "source bin/activate" or ". bin/activate", it cannot be run.

deactivate () {
    if [ -n "\${_OLD_VIRTUAL_PATH:-}" ] ; then
        PATH="$_OLD_VIRTUAL_PATH"
        export PATH
        unset _OLD_VIRTUAL_PATH
    fi
    unset VIRTUAL_ENV
    if [ ! "\${1:-}" = "nondestructive" ] ; then
        unset -f deactivate
    fi
}

deactivate nondestructive

VIRTUAL_ENV=${quote(folder)}
export VIRTUAL_ENV
_OLD_VIRTUAL_PATH="$PATH"
PATH="$VIRTUAL_ENV/bin:$PATH"
export PATH
`;
}
