import { PretendFailure } from '../training/failure.ts';
import { catalog, findPackage } from './catalog.ts';
import { sitePackagesOf } from './interpreter.ts';
import type { Interpreter } from './interpreter.ts';
import { install } from './pip-install.ts';
import { parseOptions } from './pip-options.ts';

const help = `pip of an embedded host: it pretends, and downloads nothing. It knows

    pip list [--format=columns|freeze|json]    pip freeze    pip show NAME...    pip --version
    pip install REQUIREMENT... [-r FILE] [--index-url URL] [--upgrade]           in a virtual environment
`;

/** `python3 -m pip`. Returns what it prints. */
export function runPip(args: string[], interpreter: Interpreter): string {
  const { words, values, flags } = parseOptions(args);
  const [command, ...names] = words;
  if (flags.has('--version'))
    return `pip ${interpreter.packages.get('pip')} from ${sitePackagesOf(interpreter)}/pip (python 3.11)\n`;
  if (command === undefined || command === 'help' || flags.has('--help')) return help;
  switch (command) {
    case 'list':
      return list(interpreter, values.get('--format')?.at(-1) ?? 'columns');
    case 'freeze':
      return formatFreeze([...interpreter.packages].filter(([name]) => !['pip', 'setuptools'].includes(name)));
    case 'show':
      return show(names, interpreter);
    case 'install':
      return install(
        {
          requirements: names,
          files: values.get('--requirement') ?? [],
          indexes: [...(values.get('--index-url') ?? []), ...(values.get('--extra-index-url') ?? [])],
          upgrade: flags.has('--upgrade'),
        },
        interpreter,
      );
    default:
      throw new PretendFailure(`ERROR: unknown command "${command}"`, 1);
  }
}

function list({ packages }: Interpreter, format: string): string {
  const rows = [...packages].toSorted(([one], [other]) => one.localeCompare(other));
  switch (format) {
    case 'freeze':
      return formatFreeze(rows);
    case 'json':
      return `[${rows.map(([name, version]) => `{"name": "${name}", "version": "${version}"}`).join(', ')}]\n`;
    case 'columns': {
      const table: [string, string][] = [['Package', 'Version'], ...rows];
      const [left, right] = [0, 1].map((column) => Math.max(...table.map((row) => row[column]?.length ?? 0)));
      table.splice(1, 0, ['-'.repeat(left ?? 0), '-'.repeat(right ?? 0)]);
      return table.map(([name, version]) => `${name.padEnd(left ?? 0)} ${version}\n`).join('');
    }
    default:
      throw new PretendFailure(`ERROR: Invalid value for --format: '${format}' (choose from 'columns', 'freeze', 'json')`, 2);
  }
}

function formatFreeze(rows: [string, string][]): string {
  return rows.map(([name, version]) => `${name}==${version}\n`).join('');
}

function show(names: string[], interpreter: Interpreter): string {
  const known = names.map((name) => ({ asked: name, name: findPackage(name) }));
  const missing = known.filter(({ name }) => name === null || !interpreter.packages.has(name));
  const text = known
    .filter((each) => !missing.includes(each))
    .map(({ name }) => describe(name ?? '', interpreter))
    .join('---\n');
  if (missing.length === 0) return text;
  process.stderr.write(`WARNING: Package(s) not found: ${missing.map(({ asked }) => asked).join(', ')}\n`);
  process.exitCode = missing.length === names.length ? 1 : 0;
  return text;
}

function describe(name: string, interpreter: Interpreter): string {
  const entry = catalog.get(name);
  const requiredBy = [...interpreter.packages.keys()].filter((other) => catalog.get(other)?.requires.includes(name) === true);
  return [
    `Name: ${name}`,
    `Version: ${interpreter.packages.get(name)}`,
    `Summary: ${entry?.summary}`,
    `Home-page: ${entry?.homePage}`,
    `Author: ${entry?.author}`,
    'Author-email: ',
    `License: ${entry?.license}`,
    `Location: ${sitePackagesOf(interpreter)}`,
    `Requires: ${entry?.requires.join(', ')}`,
    `Required-by: ${requiredBy.join(', ')}`,
    '',
  ].join('\n');
}
