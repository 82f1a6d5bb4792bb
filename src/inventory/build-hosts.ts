import type { Problem } from '../problem.ts';
import type { ExpandedHost } from './expand-hosts.ts';
import type { ResolvedGroup } from './groups.ts';
import type { Host, SshSettings } from './host.ts';
import { mergeSettings, type Disagreement } from './merge-settings.ts';
import { readReach } from './reach.ts';
import { readSettings } from './settings.ts';
import { findSlotProblems } from './slots.ts';

const defaultKeepRunsSeconds = 30 * 86_400;

export interface Defaults {
  home: string;
  ssh: SshSettings;
}

/** Hosts with the settings of their groups in place. Those with problems are left out. */
export function buildHosts(
  expanded: readonly ExpandedHost[],
  groups: readonly ResolvedGroup[],
  defaults: Defaults,
): { hosts: Host[]; problems: Problem[] } {
  const hosts: Host[] = [];
  const problems: Problem[] = [];
  const disagreements = new Map<string, { host: string; others: number; disagreement: Disagreement }>();
  const sources = groups.flatMap(({ name, from, distances }) =>
    from.entry === null
      ? []
      : [{ group: name, distances, settings: readSettings(from.entry, from.document.file, defaults.home) }],
  );
  for (const host of expanded) {
    const { entry, document } = host.from;
    if (entry === null) continue;
    const own = { group: null, distance: 0, settings: readSettings(entry, document.file, defaults.home) };
    const ofGroups = sources.flatMap(({ group, distances, settings }) => {
      const distance = distances.get(host.name);
      return distance === undefined ? [] : [{ group, distance, settings }];
    });
    const merged = mergeSettings([own, ...ofGroups]);
    for (const disagreement of merged.disagreements) {
      const known = disagreements.get(JSON.stringify(disagreement));
      if (known === undefined) disagreements.set(JSON.stringify(disagreement), { host: host.name, others: 0, disagreement });
      else known.others++;
    }
    const { reach, problems: unreachable } = readReach(host, entry, { ...defaults.ssh, ...merged.settings.ssh });
    problems.push(...unreachable);
    if (reach === null) continue;
    const {
      accelerators = null,
      cost = null,
      remoteDir = null,
      keepRunsSeconds = defaultKeepRunsSeconds,
      setup = '',
      params,
    } = merged.settings;
    problems.push(...findSlotProblems(host, entry, { reach, accelerators }));
    const names = groups.filter((group) => group.distances.has(host.name)).map((group) => group.name);
    hosts.push({
      name: host.name,
      groups: names,
      description: entry.description ?? null,
      reach,
      accelerators,
      slots: entry.slots ?? {},
      cost,
      remoteDir,
      keepRunsSeconds,
      setup,
      params,
    });
  }
  for (const { host, others, disagreement } of disagreements.values())
    problems.push(...tellDisagreement(host, others, disagreement, groups));
  return { hosts, problems };
}

function tellDisagreement(
  host: string,
  others: number,
  { setting, groups: names }: Disagreement,
  groups: readonly ResolvedGroup[],
): Problem[] {
  const [one, other] = names;
  const from = groups.find((group) => group.name === other)?.from;
  const who = others === 0 ? `host "${host}"` : `host "${host}" and ${others} more`;
  const message = `the groups "${one}" and "${other}" disagree about ${setting.join('.')} of ${who}, and neither is nearer`;
  const suggestion = 'say it in the host itself, or in one of the groups only';
  return from === undefined ? [] : [from.document.problem([...from.path, ...setting], message, { suggestion, part: 'key' })];
}
