import { messageOf, notYet, usageError, type FleetError } from '../errors.ts';
import { hostOf, placeOf } from '../language/place.ts';
import type { Host } from './host.ts';
import type { Inventory } from './inventory.ts';
import { findMismatch, matchHosts } from './match.ts';
import { parsePattern, type Term } from './pattern.ts';
import { takeSlots } from './slots.ts';

/**
 * The hosts and slots that a pattern names, each once: terms as they stand, and within a group or a glob the order of the inventory. What is excluded is
 * left out wherever its term stands. A name that nobody has, and a pattern that leaves no host, is a usage error.
 */
export function selectHosts(inventory: Inventory, pattern: string): Host[] {
  if (pattern.includes('=')) throw notYet(`roles in "${pattern}"`, ['name the hosts without a role']);
  const terms = readTerms(pattern);
  const hosts = new Map(inventory.hosts.map((host) => [host.name, host]));
  const groups = new Map(inventory.groups.map((group) => [group.name, group.hosts]));
  const names = { hosts: new Set(hosts.keys()), groups: new Set(groups.keys()) };
  const wanted = new Map<string, Host>();
  const excluded = new Set<string>();
  for (const term of terms) {
    const mismatch = findMismatch(term, names);
    if (mismatch !== null) throw noHostMatches(pattern, mismatch.message, [mismatch.suggestion ?? showSome(inventory)]);
    const matched = term.kind === 'group' ? (groups.get(term.name) ?? []) : matchHosts(term, names.hosts);
    const places = choosePlaces(
      pattern,
      term,
      matched.flatMap((name) => hosts.get(name) ?? []),
    );
    for (const place of places) {
      if (term.exclude) excluded.add(place.name);
      else wanted.set(place.name, place);
    }
  }
  const selected = [...wanted.values()].filter(({ name }) => !excluded.has(name) && !excluded.has(hostOf(name)));
  refuseParts(pattern, selected, [...wanted.keys(), ...excluded]);
  if (selected.length > 0) return selected;
  if (terms.every((term) => term.exclude))
    throw noHostMatches(pattern, 'it only excludes', [`begin with what is wanted: "*,${pattern}"`]);
  throw noHostMatches(pattern, wanted.size === 0 ? 'its groups have no hosts' : 'everything it names is excluded again', []);
}

/** The hosts themselves, or those of their slots that the term names. */
function choosePlaces(pattern: string, term: Term, matched: readonly Host[]): Host[] {
  const { slot } = term;
  if (slot === null) return [...matched];
  const chosen = matched.map((host) => ({ host, slots: takeSlots(host, slot) }));
  const without = chosen.find(({ slots }) => slots.length === 0);
  const isMissing = term.kind === 'names' ? without !== undefined : chosen.every(({ slots }) => slots.length === 0);
  if (isMissing && without !== undefined) {
    const { name, slots } = without.host;
    const known = Object.keys(slots).map((one) => placeOf(name, one));
    const hint = known.length === 0 ? `slots: { gpu0: [0] } in hosts.${name} makes one` : `there are ${known.join(', ')}`;
    throw noHostMatches(pattern, `"${name}" has no slot "${slot}"`, [hint]);
  }
  return chosen.flatMap(({ slots }) => slots);
}

/** Whoever takes or spares a slot beside the whole of its host does not get what was meant. */
function refuseParts(pattern: string, selected: readonly Host[], named: readonly string[]): void {
  const parts = new Map(named.filter((name) => name !== hostOf(name)).map((name) => [hostOf(name), name]));
  for (const { name } of selected) {
    const part = parts.get(name);
    if (part === undefined) continue;
    throw usageError(
      'slot-of-whole-host',
      `host pattern ${JSON.stringify(pattern)}: "${name}" is all of what "${part}" is a part of`,
      [`"${placeOf(name, '*')}" chooses each of its slots`],
    );
  }
}

function readTerms(pattern: string): Term[] {
  try {
    return parsePattern(pattern);
  } catch (error) {
    throw usageError('invalid-pattern', `host pattern ${JSON.stringify(pattern)}: ${messageOf(error)}`, [
      'a host, "@group", "tpu*", "a,b", "node[01-05]", "@gpu,!prime1" or a slot, "a100x2:gpu0"',
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
