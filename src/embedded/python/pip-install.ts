import { readFileSync } from 'node:fs';
import { systemCode } from '../../errors.ts';
import { PretendFailure } from '../training/failure.ts';
import { catalog, findPackage } from './catalog.ts';
import { sitePackagesOf } from './interpreter.ts';
import type { Interpreter } from './interpreter.ts';
import { writePackages } from './packages.ts';

interface InstallRequest {
  requirements: string[];
  files: string[];
  indexes: string[];
  upgrade: boolean;
}

interface Requirement {
  text: string;
  name: string;
  /** Asked for with `==`; null: any will do. */
  version: string | null;
  /** Which package needs it; null: the person asked. */
  of: string | null;
}

const torchReleases = ['2.2.0', '2.5.1', '2.7.1'];

/**
 * Notes packages as installed in a virtual environment, with those that they need. Nothing is downloaded. The python3 of a machine with a TPU
 * is not managed by the system, and has all that is known.
 */
export function install(request: InstallRequest, interpreter: Interpreter): string {
  const { prefix, program, packages } = interpreter;
  if (interpreter.externallyManaged) throw new PretendFailure(externallyManaged);
  const asked = [request.requirements, ...request.files.map(readRequirements)].flat();
  const indexes = [
    ...request.indexes,
    ...asked.flatMap((line) => /^(?:-i|--(?:extra-)?index-url)[ =](.*)$/.exec(line)?.[1] ?? []),
  ];
  const queue = asked.filter((line) => !line.startsWith('-')).map((line) => parseRequirement(line));
  if (queue.length === 0)
    throw new PretendFailure('ERROR: You must give at least one requirement to install (see "pip help install")');

  const lines = indexes.length === 0 ? [] : [`Looking in indexes: ${indexes.join(', ')}`];
  const chosen = new Map<string, string>();
  for (let at = 0; at < queue.length; at += 1) {
    const requirement = queue[at];
    if (requirement === undefined || chosen.has(requirement.name)) continue;
    const there = packages.get(requirement.name);
    if (there !== undefined && !request.upgrade && (requirement.version ?? there) === there) {
      lines.push(`Requirement already satisfied: ${requirement.text} in ${sitePackagesOf(interpreter)} (${there})`);
      continue;
    }
    chosen.set(requirement.name, chooseVersion(requirement, indexes));
    lines.push(`Collecting ${requirement.text}${requirement.of === null ? '' : ` (from ${requirement.of})`}`);
    for (const name of catalog.get(requirement.name)?.requires ?? [])
      queue.push({ text: name, name, version: null, of: requirement.text });
  }
  if (chosen.size === 0) return formatLines(lines);
  if (prefix === null) throw new PretendFailure(externallyManaged);
  lines.push(`Installing collected packages: ${[...chosen.keys()].join(', ')}`);
  for (const name of chosen.keys()) {
    const old = packages.get(name);
    if (old === undefined) continue;
    lines.push(
      `  Attempting uninstall: ${name}`,
      `    Found existing installation: ${name} ${old}`,
      `      Successfully uninstalled ${name}-${old}`,
    );
  }
  writePackages(prefix, program, new Map([...packages, ...chosen]));
  lines.push(`Successfully installed ${[...chosen].map(([name, version]) => `${name}-${version}`).join(' ')}`);
  return formatLines(lines);
}

const externallyManaged = [
  'error: externally-managed-environment',
  '',
  '× This environment is externally managed',
  '╰─> To install Python packages system-wide, try apt install python3-xyz. Else create a virtual environment: python3 -m venv path/to/venv',
].join('\n');

function readRequirements(path: string): string[] {
  try {
    const lines = readFileSync(path, 'utf8').split('\n');
    return lines.map((line) => line.replace(/(^|\s)#.*$/, '').trim()).filter((line) => line !== '');
  } catch (error) {
    if (systemCode(error) !== 'ENOENT') throw error;
    throw new PretendFailure(`ERROR: Could not open requirements file: [Errno 2] No such file or directory: '${path}'`);
  }
}

function parseRequirement(text: string): Requirement {
  const [, asked, operator, version] =
    /^([A-Za-z0-9][A-Za-z0-9._-]*) *(?:\[[\w,-]+\] *)?(?:(==|>=|<=|~=|<|>) *([\w.+]+))?$/.exec(text) ?? [];
  if (asked === undefined) throw new PretendFailure(`ERROR: Invalid requirement: '${text}'`);
  const name = findPackage(asked);
  if (name === null) throw notFound(text, 'none');
  return { text, name, version: operator === '==' ? (version ?? null) : null, of: null };
}

/** A build such as `2.2.0+cu121` is only in the index of that build. */
function chooseVersion({ text, name, version }: Requirement, indexes: string[]): string {
  const usual = catalog.get(name)?.version ?? '';
  if (version === null) return usual;
  const [release = '', build] = version.split('+');
  const isThere = name === 'torch' ? torchReleases.includes(release) : build === undefined;
  if (isThere && (build === undefined || indexes.some((index) => index.replace(/\/$/, '').endsWith(`/whl/${build}`))))
    return version;
  throw notFound(text, name === 'torch' ? torchReleases.join(', ') : usual);
}

function notFound(text: string, versions: string): PretendFailure {
  return new PretendFailure(
    `ERROR: Could not find a version that satisfies the requirement ${text} (from versions: ${versions})\nERROR: No matching distribution found for ${text}`,
  );
}

function formatLines(lines: string[]): string {
  return lines.map((line) => `${line}\n`).join('');
}
