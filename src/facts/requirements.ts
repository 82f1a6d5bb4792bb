import { satisfiesVersion, parseVersionCondition } from '../language/version.ts';
import { formatSize, type Size } from '../language/units.ts';
import type { CheckResult } from '../lifecycle/states.ts';
import type { Accelerator } from './accelerators.ts';
import { holdsModel, isAtLeast, memoryTolerance } from './accelerator-match.ts';
import type { Facts } from './facts.ts';
import { parseFacts } from './parse-facts.ts';

export interface RequirementRules {
  accelerators: {
    vendor: 'nvidia' | 'amd' | 'google' | null;
    model: string | null;
    count: number | null;
    memory: Size | null;
  } | null;
  python: string | null;
  driver: string | null;
  disk: { path: string; free: Size } | null;
}

export interface RequirementRow {
  name: string;
  result: Extract<CheckResult, 'pass' | 'fail' | 'error' | 'skip'>;
  expected: string;
  observed: string | null;
  message: string | null;
}

type Verdict = Omit<RequirementRow, 'name' | 'expected'>;

/** One row for each requirement that the playbook states. What is unknown is an error, never a pass. */
export function compareRequirements(requires: RequirementRules, facts: Facts): RequirementRow[] {
  const rows: RequirementRow[] = [];
  const add = (name: string, expected: string, verdict: Verdict) => rows.push({ name, expected, ...verdict });
  if (requires.accelerators !== null) rows.push(...compareAccelerators(requires.accelerators, facts));
  if (requires.driver !== null) add('driver', requires.driver, compareDriver(requires.driver, facts));
  if (requires.python !== null) add('python', requires.python, comparePython(requires.python, facts));
  if (requires.disk !== null) {
    add('disk', `${formatSize(requires.disk.free.bytes)} free at ${requires.disk.path}`, compareDisk(requires.disk, facts));
  }
  return rows;
}

/** The names of those rows, which do not depend on what a host has. */
export function listRequirements(requires: RequirementRules): string[] {
  return compareRequirements(requires, parseFacts('', [])).map(({ name }) => name);
}

function compareAccelerators(wanted: NonNullable<RequirementRules['accelerators']>, facts: Facts): RequirementRow[] {
  const { vendor, model, count, memory } = wanted;
  const expectations: [string, string | null, (accelerators: Accelerator[]) => Verdict][] = [
    ['accelerator vendor', vendor, (all) => pass(all[0]?.vendor ?? '')],
    ['accelerator model', model, (all) => compareModel(model ?? '', all)],
    ['accelerator count', count === null ? null : `at least ${count}`, (all) => compareCount(count ?? 0, all, facts)],
    [
      'accelerator memory',
      memory === null ? null : `${memory.text} each, at most ${memoryTolerance * 100} % of it reserved`,
      (all) => compareMemory(memory, all),
    ],
  ];
  const listed = listAccelerators(vendor, facts);
  return expectations.flatMap(([name, expected, compare]) => {
    if (expected === null) return [];
    return [{ name, expected, ...(Array.isArray(listed) ? compare(listed) : listed) }];
  });
}

/** The accelerators, or what every row says when there is no list. */
function listAccelerators(vendor: string | null, { accelerators: answer }: Facts): Accelerator[] | Verdict {
  if (vendor === 'amd' || vendor === 'google') return unknown(`not yet: accelerators of vendor "${vendor}" cannot be looked at`);
  switch (answer.kind) {
    case 'found':
      return answer.accelerators;
    case 'none':
      return { result: 'fail', observed: 'none', message: 'nvidia-smi says that there are no devices' };
    case 'no-tool':
      return { result: 'fail', observed: 'none', message: 'nvidia-smi is not there' };
    case 'failed':
      return unknown(answer.message);
  }
}

function compareModel(model: string, all: Accelerator[]): Verdict {
  const observed = summarize(all.map((accelerator) => accelerator.model ?? 'unknown'));
  if (all.some((accelerator) => accelerator.model === null))
    return { ...unknown('the model of an accelerator is not known'), observed };
  const others = all.filter((accelerator) => accelerator.model !== null && !holdsModel(accelerator.model, model));
  return { result: others.length === 0 ? 'pass' : 'fail', observed, message: null };
}

/** Whether it is known that there is none: a tool that failed may hide some. */
export function hasNoAccelerators({ accelerators }: Facts): boolean {
  return accelerators.kind === 'none' || accelerators.kind === 'no-tool';
}

/** Those in trouble do not count. */
function compareCount(count: number, all: Accelerator[], { accelerators: answer }: Facts): Verdict {
  const healthy = all.filter((accelerator) => accelerator.healthy);
  const trouble = all
    .filter((accelerator) => !accelerator.healthy)
    .map(({ index }) => `accelerator ${index ?? '?'} is in trouble`);
  const message = [...trouble, ...(answer.kind === 'found' ? answer.problems : [])].join('; ');
  const observed = trouble.length === 0 ? String(all.length) : `${healthy.length} healthy of ${all.length}`;
  return { result: healthy.length >= count ? 'pass' : 'fail', observed, message: message === '' ? null : message };
}

function compareMemory(memory: Size | null, all: Accelerator[]): Verdict {
  const sizes = all.map(({ memoryBytes }) => memoryBytes);
  const observed = summarize(sizes.map((bytes) => (bytes === null ? 'unknown' : formatSize(bytes))));
  if (memory === null || sizes.includes(null)) return { ...unknown('the memory of an accelerator is not known'), observed };
  return { result: sizes.every((bytes) => isAtLeast(bytes ?? 0, memory)) ? 'pass' : 'fail', observed, message: null };
}

function compareDriver(condition: string, facts: Facts): Verdict {
  const listed = listAccelerators(null, facts);
  return Array.isArray(listed) ? compareVersion(condition, listed[0]?.driver ?? null, 'the driver version is not known') : listed;
}

function comparePython(condition: string, facts: Facts): Verdict {
  const problem = facts.problems.find((text) => text.startsWith('python3: '));
  return compareVersion(condition, facts.python, problem ?? 'the version of python3 is not known');
}

function compareVersion(condition: string, version: string | null, absent: string): Verdict {
  if (version === null) return unknown(absent);
  const holds = satisfiesVersion(parseVersionCondition(condition), version);
  if (holds === null) return { ...unknown('not a version that can be compared'), observed: version };
  return { result: holds ? 'pass' : 'fail', observed: version, message: null };
}

function compareDisk(wanted: { path: string; free: Size }, facts: Facts): Verdict {
  const disk = facts.disks.find(({ path }) => path === wanted.path);
  if (disk === undefined || disk.freeBytes === null) return unknown(`the free space at "${wanted.path}" is not known`);
  return { result: disk.freeBytes >= wanted.free.bytes ? 'pass' : 'fail', observed: formatSize(disk.freeBytes), message: null };
}

function pass(observed: string): Verdict {
  return { result: 'pass', observed, message: null };
}

function unknown(message: string): Verdict {
  return { result: 'error', observed: null, message };
}

/** `2 × A, 1 × B`; a single kind that occurs once stands alone. */
function summarize(names: string[]): string {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return [...counts].map(([name, count]) => (names.length === 1 ? name : `${count} × ${name}`)).join(', ');
}
