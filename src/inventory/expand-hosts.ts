import type { Problem } from '../problem.ts';
import { readAddresses } from './address.ts';
import { readHostNames, type HostEntry } from './format.ts';
import { listNames } from './match.ts';
import { mostHosts } from './ranges.ts';
import type { Described } from './read-files.ts';

/** One host, and which of the hosts of its key it is. */
export interface ExpandedHost {
  name: string;
  position: number;
  /** How many hosts its key stands for. */
  of: number;
  /** What the key's `address` stands for: one address for each host when all is well. */
  addresses: readonly string[];
  from: Described<HostEntry>;
}

export interface ExpandedHosts {
  hosts: Map<string, ExpandedHost>;
  problems: Problem[];
  /** Whether every key was understood; if not, a name that nobody has may be one that was not. */
  complete: boolean;
}

/** Every host by its own name, in the order of the files. Of two descriptions of one host the first counts, and the second is a problem. */
export function expandHosts(described: readonly Described<HostEntry>[]): ExpandedHosts {
  const hosts = new Map<string, ExpandedHost>();
  const problems: Problem[] = [];
  let complete = true;
  for (const from of described) {
    const names = readNames(from.key);
    if (names === null) {
      complete = false;
      continue;
    }
    const again = names.filter((name) => hosts.has(name));
    const first = hosts.get(again[0] ?? '');
    if (first !== undefined) problems.push(describedTwice(from, again, first));
    if (hosts.size + names.length - again.length > mostHosts) {
      problems.push(
        from.document.problem(from.path, `more than ${mostHosts} hosts in all, with the ${names.length} of this key`, {
          part: 'key',
        }),
      );
      return { hosts, problems, complete: false };
    }
    const addresses = typeof from.entry?.address === 'string' ? readAddresses(from.entry.address) : [];
    for (const [position, name] of names.entries()) {
      if (!hosts.has(name)) hosts.set(name, { name, position, of: names.length, addresses, from });
    }
  }
  return { hosts, problems, complete };
}

/** Null for a key that is no name or range: that was told when the format was checked. */
function readNames(key: string): string[] | null {
  try {
    return readHostNames(key);
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}

function describedTwice(from: Described<HostEntry>, names: string[], first: ExpandedHost): Problem {
  const place = first.from.document.locate(first.from.path, 'key');
  const where = `${first.from.document.file}:${place.line}:${place.column}`;
  const message = `duplicate ${names.length === 1 ? 'host' : 'hosts'} ${listNames(names)}, described before at ${where}`;
  return from.document.problem(from.path, message, { part: 'key' });
}
