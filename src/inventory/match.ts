import { suggestName } from '../language/check-schema.ts';
import { matchGlob, type Term } from './pattern.ts';

/** The names that a pattern is matched against. */
export interface Names {
  hosts: ReadonlySet<string>;
  groups: ReadonlySet<string>;
}

/** What is wrong with a term: a name that nobody has. */
export interface Mismatch {
  message: string;
  suggestion: string | null;
}

/** Every name of a term has to be there: a misspelt one must not quietly choose fewer hosts, or spare fewer. */
export function findMismatch(term: Term, names: Names): Mismatch | null {
  const prefixed = [...names.groups].map((group) => `@${group}`);
  if (term.kind === 'group') {
    if (names.groups.has(term.name)) return null;
    if (names.hosts.has(term.name))
      return { message: `no group is called "${term.name}"`, suggestion: `did you mean the host "${term.name}"?` };
    return {
      message: `no group is called "${term.name}"`,
      suggestion: suggestName(`@${term.name}`, [...prefixed, ...names.hosts]),
    };
  }
  if (term.kind === 'glob') {
    if ([...names.hosts].some((host) => matchGlob(term.glob, host))) return null;
    return { message: `no host matches "${term.glob}"`, suggestion: suggestName(term.glob, [...names.hosts, ...prefixed]) };
  }
  const missing = term.names.filter((name) => !names.hosts.has(name));
  const [first] = missing;
  if (first === undefined) return null;
  const suggestion = names.groups.has(first)
    ? `did you mean the group "@${first}"?`
    : suggestName(first, [...names.hosts, ...prefixed]);
  return { message: `no host is called ${listNames(missing, 'or')}`, suggestion };
}

/** In the order of the inventory for a glob, as named for names. */
export function matchHosts(term: Exclude<Term, { kind: 'group' }>, hosts: Iterable<string>): string[] {
  return term.kind === 'names' ? term.names : [...hosts].filter((host) => matchGlob(term.glob, host));
}

const mostShown = 3;

/** `"a", "b", "c" and 5 more`. */
export function listNames(names: readonly string[], joiner: 'and' | 'or' = 'and'): string {
  const shown = names.slice(0, mostShown).map((name) => JSON.stringify(name));
  const more = names.length - shown.length;
  if (more > 0) return `${shown.join(', ')} and ${more} more`;
  const last = shown.pop() ?? 'nothing';
  return shown.length === 0 ? last : `${shown.join(', ')} ${joiner} ${last}`;
}
