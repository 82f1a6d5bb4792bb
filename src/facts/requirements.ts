import { formatSize, type Size } from '../language/units.ts';
import { compareAccelerators } from './require-accelerators.ts';
import { compareVersion, unknown } from './require-version.ts';
import { plainQuestion } from './facts-script.ts';
import type { Facts } from './facts.ts';
import { parseFacts } from './parse-facts.ts';
import type { RequirementRow, RequirementRules, Verdict } from './requirement-rules.ts';

/** One row for each requirement that the playbook states. What is unknown is an error, never a pass. */
export function compareRequirements(requires: RequirementRules, facts: Facts): RequirementRow[] {
  const { disk, memory, cpus } = requires;
  const rows: RequirementRow[] = requires.accelerators === null ? [] : compareAccelerators(requires.accelerators, facts);
  const add = (name: string, expected: string | null, judge: (expected: string) => Verdict) => {
    if (expected !== null) rows.push({ name, expected, ...judge(expected) });
  };
  add('driver', requires.driver, (condition) => compareVersion(condition, driverOf(facts), 'driver', facts));
  add('cuda', requires.cuda, (condition) => compareVersion(condition, runtimeOf(facts, 'nvidia'), 'CUDA', facts));
  add('rocm', requires.rocm, (condition) => compareVersion(condition, runtimeOf(facts, 'amd'), 'ROCm', facts));
  add('python', requires.python, (condition) => comparePython(condition, facts));
  if (disk !== null) {
    add('disk', `${formatSize(disk.free.bytes)} free at ${disk.path}`, () => compareDisk(disk, facts));
    if (disk.inodes !== null) add('inodes', `${disk.inodes} free at ${disk.path}`, () => compareInodes(disk, facts));
  }
  if (memory !== null) add('memory', memory.text, () => atLeast(facts.memoryBytes, memory.bytes, formatSize));
  if (cpus !== null) add('cpus', String(cpus), () => atLeast(facts.cpuCount, cpus, String));
  for (const tool of requires.tools) add(`tool ${tool}`, 'there', () => compareTool(tool, facts));
  for (const endpoint of requires.network) add(`network ${endpoint}`, 'reached', () => compareEndpoint(endpoint, facts));
  return rows;
}

/** The names of those rows, which do not depend on what a host has. */
export function listRequirements(requires: RequirementRules): string[] {
  return compareRequirements(requires, parseFacts('', plainQuestion)).map(({ name }) => name);
}

/** Whether it is known that there is none: a tool that failed may hide some. */
export function hasNoAccelerators({ accelerators }: Facts): boolean {
  return accelerators.kind === 'none' || accelerators.kind === 'no-tool';
}

function driverOf({ accelerators: answer }: Facts): string | null {
  return answer.kind === 'found' ? (answer.accelerators.find(({ driver }) => driver !== null)?.driver ?? null) : null;
}

function runtimeOf({ accelerators: answer }: Facts, of: 'nvidia' | 'amd'): string | null {
  if (answer.kind !== 'found') return null;
  return answer.accelerators.find(({ vendor, runtime }) => vendor === of && runtime !== null)?.runtime ?? null;
}

function comparePython(condition: string, facts: Facts): Verdict {
  const problem = facts.problems.find((text) => text.startsWith('python3: '));
  if (facts.python === null && problem !== undefined) return unknown(problem);
  return compareVersion(condition, facts.python, 'python3', null);
}

function compareDisk(wanted: { path: string; free: Size }, facts: Facts): Verdict {
  const disk = facts.disks.find(({ path }) => path === wanted.path);
  if (disk === undefined || disk.freeBytes === null) return unknown(`the free space at "${wanted.path}" is not known`);
  const holds = disk.freeBytes >= wanted.free.bytes;
  const message = holds ? null : `make room at "${wanted.path}", or name another path`;
  return { result: holds ? 'pass' : 'fail', observed: formatSize(disk.freeBytes), message };
}

function compareInodes({ path, inodes }: { path: string; inodes: number | null }, facts: Facts): Verdict {
  const disk = facts.disks.find((one) => one.path === path);
  if (disk === undefined || disk.freeInodes === null) return unknown(`the free inodes at "${path}" are not known`);
  return atLeast(disk.freeInodes, inodes ?? 0, String);
}

function atLeast(found: number | null, wanted: number, show: (amount: number) => string): Verdict {
  if (found === null) return unknown('not known of this host');
  return { result: found >= wanted ? 'pass' : 'fail', observed: show(found), message: null };
}

function compareTool(tool: string, { tools }: Facts): Verdict {
  if (!Object.hasOwn(tools, tool)) return unknown('it was not looked for, or the setup lines failed');
  const path = tools[tool] ?? null;
  if (path !== null) return { result: 'pass', observed: path, message: null };
  return { result: 'fail', observed: 'not there', message: `install "${tool}" on the host, or put it on the PATH in "setup"` };
}

function compareEndpoint(endpoint: string, { endpoints }: Facts): Verdict {
  const reached = endpoints[endpoint] ?? null;
  if (reached === null) return unknown('the host has nothing to ask it with: bash, perl, python3 or nc');
  if (reached) return { result: 'pass', observed: 'reached', message: null };
  return {
    result: 'fail',
    observed: 'not reached',
    message: 'the host has no way to it: look at its name service, routes and firewall',
  };
}
