import { messageOf, notYet, usageError, type FleetError } from '../errors.ts';
import type { Host } from './host.ts';
import type { Inventory } from './inventory.ts';
import { findMismatch, matchHosts } from './match.ts';
import { parsePattern, type Term } from './pattern.ts';

/**
 * The hosts that a pattern names, each once: terms as they stand, and within a group or a glob the order of the inventory. What is excluded is
 * left out wherever its term stands. A name that nobody has, and a pattern that leaves no host, is a usage error.
 */
export function selectHosts(inventory: Inventory, pattern: string): Host[] {
  if (pattern.includes('=')) throw notYet(`roles in "${pattern}"`, ['name the hosts without a role']);
  const terms = readTerms(pattern);
  const hosts = new Map(inventory.hosts.map((host) => [host.name, host]));
  const groups = new Map(inventory.groups.map((group) => [group.name, group.hosts]));
  const names = { hosts: new Set(hosts.keys()), groups: new Set(groups.keys()) };
  const wanted = new Set<string>();
  const excluded = new Set<string>();
  for (const term of terms) {
    const mismatch = findMismatch(term, names);
    if (mismatch !== null) throw noHostMatches(pattern, mismatch.message, [mismatch.suggestion ?? showSome(inventory)]);
    const matched = term.kind === 'group' ? (groups.get(term.name) ?? []) : matchHosts(term, names.hosts);
    for (const name of matched) (term.exclude ? excluded : wanted).add(name);
  }
  const selected = [...wanted].filter((name) => !excluded.has(name)).flatMap((name) => hosts.get(name) ?? []);
  if (selected.length > 0) return selected;
  if (terms.every((term) => term.exclude))
    throw noHostMatches(pattern, 'it only excludes', [`begin with what is wanted: "*,${pattern}"`]);
  throw noHostMatches(pattern, wanted.size === 0 ? 'its groups have no hosts' : 'everything it names is excluded again', []);
}

function readTerms(pattern: string): Term[] {
  try {
    return parsePattern(pattern);
  } catch (error) {
    throw usageError('invalid-pattern', `host pattern ${JSON.stringify(pattern)}: ${messageOf(error)}`, [
      'a host, "@group", "tpu*", "a,b", "node[01-05]" or "@gpu,!prime1"',
    ]);
  }
}

function noHostMatches(pattern: string, why: string, suggestions: string[]): FleetError {
  return usageError('no-host-matches', `host pattern ${JSON.stringify(pattern)}: ${why}`, suggestions);
}

function showSome(inventory: Inventory): string {
  const names = [...inventory.hosts.map((host) => host.name), ...inventory.groups.map((group) => `@${group.name}`)];
  return names.length === 0
    ? 'the inventory describes no hosts'
    : `there are ${names.slice(0, 12).join(', ')}${names.length > 12 ? ', …' : ''}`;
}
