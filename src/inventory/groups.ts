import type { Problem } from '../problem.ts';
import type { GroupEntry } from './format.ts';
import { findMismatch, matchHosts, type Names } from './match.ts';
import { parsePattern, type Term } from './pattern.ts';
import type { Described } from './read-files.ts';

/** A group with its members: how many groups lie between, counting from 1 for those that it names itself. */
export interface ResolvedGroup {
  name: string;
  from: Described<GroupEntry>;
  distances: ReadonlyMap<string, number>;
}

const mostGroups = 512;

/** Every group by name, in the order of the files. What is wrong with one group is told, and leaves the others as they are. */
export function resolveGroups(
  described: readonly Described<GroupEntry>[],
  known: { hosts: ReadonlySet<string>; complete: boolean },
): { groups: Map<string, ResolvedGroup>; problems: Problem[] } {
  const { unique, problems } = refuseDuplicates(described);
  const { members, mismatches } = readMembers(unique, { hosts: known.hosts, groups: new Set(unique.keys()) });
  if (known.complete) problems.push(...mismatches);
  const { distances, cycles } = measureDistances(members, known.hosts);
  for (const cycle of cycles) problems.push(...tellCycle(cycle, unique));
  const groups = [...unique].map(([name, from]): [string, ResolvedGroup] => [
    name,
    { name, from, distances: distances.get(name) ?? new Map() },
  ]);
  return { groups: new Map(groups), problems };
}

/** Depth first, each group once. A group met again while its own members are being looked at closes a cycle. */
function measureDistances(members: ReadonlyMap<string, Term[]>, hosts: ReadonlySet<string>) {
  const distances = new Map<string, ReadonlyMap<string, number>>();
  const cycles: string[][] = [];
  const trail: string[] = [];
  const measure = (name: string): ReadonlyMap<string, number> => {
    const measured = distances.get(name);
    if (measured !== undefined) return measured;
    if (trail.includes(name)) {
      cycles.push(trail.slice(trail.indexOf(name)));
      return new Map();
    }
    trail.push(name);
    const found = measureMembers(members.get(name) ?? [], hosts, measure);
    trail.pop();
    distances.set(name, found);
    return found;
  };
  for (const name of members.keys()) measure(name);
  return { distances, cycles };
}

function refuseDuplicates(described: readonly Described<GroupEntry>[]) {
  const unique = new Map<string, Described<GroupEntry>>();
  const problems: Problem[] = [];
  for (const from of described) {
    const first = unique.get(from.key);
    if (first !== undefined) {
      const { line, column } = first.document.locate(first.path, 'key');
      const message = `duplicate group "${from.key}", described before at ${first.document.file}:${line}:${column}`;
      problems.push(from.document.problem(from.path, message, { part: 'key' }));
    } else if (unique.size === mostGroups) {
      problems.push(from.document.problem(from.path, `more than ${mostGroups} groups in all`, { part: 'key' }));
      break;
    } else unique.set(from.key, from);
  }
  return { unique, problems };
}

function readMembers(unique: ReadonlyMap<string, Described<GroupEntry>>, names: Names) {
  const members = new Map<string, Term[]>();
  const mismatches: Problem[] = [];
  for (const [name, { entry, document, path }] of unique) {
    const patterns = entry?.members ?? [];
    const placed =
      typeof patterns === 'string' ? [{ text: patterns, at: [] }] : patterns.map((text, index) => ({ text, at: [index] }));
    const terms = placed.flatMap(({ text, at }) => parsePattern(text).map((term) => ({ term, at })));
    const checked = terms.map(({ term, at }) => ({ term, at, mismatch: findMismatch(term, names) }));
    for (const { at, mismatch } of checked) {
      if (mismatch === null) continue;
      mismatches.push(document.problem([...path, 'members', ...at], mismatch.message, { suggestion: mismatch.suggestion }));
    }
    members.set(
      name,
      checked.filter(({ mismatch }) => mismatch === null).map(({ term }) => term),
    );
  }
  return { members, mismatches };
}

function measureMembers(
  terms: readonly Term[],
  hosts: ReadonlySet<string>,
  resolve: (group: string) => ReadonlyMap<string, number>,
): ReadonlyMap<string, number> {
  const distances = new Map<string, number>();
  const excluded = new Set<string>();
  for (const term of terms) {
    const found: Iterable<[string, number]> =
      term.kind === 'group' ? resolve(term.name) : matchHosts(term, hosts).map((host): [string, number] => [host, 0]);
    for (const [host, distance] of found) {
      if (term.exclude) excluded.add(host);
      else distances.set(host, Math.min(distances.get(host) ?? Infinity, distance + 1));
    }
  }
  for (const host of excluded) distances.delete(host);
  return distances;
}

function tellCycle(cycle: string[], unique: ReadonlyMap<string, Described<GroupEntry>>): Problem[] {
  const [first = ''] = cycle;
  const from = unique.get(first);
  const round = [...cycle, first].map((name) => `"${name}"`).join(' → ');
  return from === undefined ? [] : [from.document.problem([...from.path, 'members'], `the groups contain each other: ${round}`)];
}
