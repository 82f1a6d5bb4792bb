import type { Problem } from '../problem.ts';
import { sortProblems } from '../yaml.ts';
import { buildHosts } from './build-hosts.ts';
import { findDefaultSsh, findHome } from './default-ssh.ts';
import { expandHosts } from './expand-hosts.ts';
import { resolveGroups, type ResolvedGroup } from './groups.ts';
import type { Group, Inventory } from './inventory.ts';
import { readFiles } from './read-files.ts';
import { findSharedAddresses } from './shared-addresses.ts';
import { findSources } from './sources.ts';

export interface LoadOptions {
  /** Files or folders; empty: `$FLEET_INVENTORIES`, else `./inventories`. */
  paths?: readonly string[];
  environment?: NodeJS.ProcessEnv;
}

/** The problems beside an inventory are warnings. */
export type LoadedInventory = { inventory: Inventory | null; problems: Problem[] };

/** Reads every inventory file and makes one inventory of them, or tells every problem of all of them at once. */
export function loadInventory(options: LoadOptions = {}): LoadedInventory {
  const { paths = [], environment = process.env } = options;
  const home = findHome(environment);
  const sources = findSources(paths, environment);
  const described = readFiles(sources.files);
  const expanded = expandHosts(described.hosts);
  const hostNames = new Set(expanded.hosts.keys());
  const complete = sources.problems.length === 0 && described.complete && expanded.complete;
  const grouped = resolveGroups(described.groups, { hosts: hostNames, complete });
  const built = buildHosts([...expanded.hosts.values()], [...grouped.groups.values()], {
    home,
    ssh: findDefaultSsh(environment, home),
  });
  const problems = [sources, described, expanded, grouped, built].flatMap((part) => part.problems);
  if (problems.length > 0) return { inventory: null, problems: sortProblems(problems) };
  const groups = [...grouped.groups.values()].map((group) => describeGroup(group, hostNames));
  return { inventory: { hosts: built.hosts, groups }, problems: findSharedAddresses(built.hosts, expanded.hosts) };
}

function describeGroup({ name, from, distances }: ResolvedGroup, hostNames: ReadonlySet<string>): Group {
  return { name, description: from.entry?.description ?? null, hosts: [...hostNames].filter((host) => distances.has(host)) };
}
