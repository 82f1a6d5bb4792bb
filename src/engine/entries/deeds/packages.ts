import { parsePackageVersion } from '../../../language/package-version.ts';
import { quote, quoteAll } from '../../../quoting.ts';
import type { Deed } from '../../../playbook/entries/entry.ts';
import type { Drive } from '../../drive.ts';
import { askCommand } from './run-command.ts';
import type { Result } from './result.ts';

const metadata = `import sys
from importlib.metadata import version, PackageNotFoundError
for name in sys.argv[1:]:
    try:
        print("fleet-package", name, version(name))
    except PackageNotFoundError:
        print("fleet-package", name)
print("fleet-end")`;

/** Versions of Python packages, as the interpreter of the playbook finds them. */
export async function checkPackages(
  drive: Drive,
  { interpreter, packages }: Extract<Deed, { kind: 'python' }>,
  timeoutSeconds: number,
): Promise<Result> {
  const names = Object.keys(packages);
  const python = quote(interpreter);
  const command = `if ! ${python} -c ${quote(metadata)} ${quoteAll(names)} 2>/dev/null; then ${python} -m pip list --format=freeze --disable-pip-version-check; fi`;
  const answer = await askCommand(drive, command, timeoutSeconds);
  const expected = Object.entries(packages)
    .map(([name, conditions]) => `${name} ${conditions.join(' or ')}`)
    .join(', ');
  const versions = readVersions(answer.stdout.toString());
  if (answer.exitCode !== 0 || versions === null) {
    const said = (answer.stderr.length > 0 ? answer.stderr : answer.stdout).toString().trim().split('\n').at(-1) ?? '';
    return {
      result: 'error',
      expected,
      observed: `${interpreter}: exit ${answer.exitCode}: ${said.slice(0, 200)}`,
      message: null,
    };
  }
  const other = names.filter((name) => !accepts(packages[name] ?? [], versions.get(normalize(name)) ?? null));
  const shown = (other.length === 0 ? names : other).map(
    (name) => `${name} ${versions.get(normalize(name)) ?? 'is not installed'}`,
  );
  return { result: other.length === 0 ? 'pass' : 'fail', expected, observed: shown.join(', '), message: null };
}

function accepts(conditions: readonly string[], version: string | null): boolean {
  return version !== null && conditions.some((condition) => parsePackageVersion(condition)(version) === true);
}

/** Of the metadata lines, or of pip's `name==version` where Python is too old for them. Null: neither. */
function readVersions(text: string): Map<string, string> | null {
  const lines = text.split('\n');
  const found = lines.flatMap((line) => {
    const [, name, version] = /^fleet-package (\S+) (\S+)$/.exec(line) ?? /^([A-Za-z0-9._-]+)==(\S+)$/.exec(line) ?? [];
    return name === undefined || version === undefined ? [] : [[normalize(name), version] as const];
  });
  return found.length === 0 && !lines.includes('fleet-end') ? null : new Map(found);
}

/** Python takes these names for the same: `adam-atan2`, `Adam_Atan2`. */
function normalize(name: string): string {
  return name.toLowerCase().replaceAll(/[-_.]+/g, '-');
}
