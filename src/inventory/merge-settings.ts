import { isDeepStrictEqual } from 'node:util';
import type { Settings } from './settings.ts';

/** Settings of a host (distance 0) or of a group that it belongs to. */
export interface SettingSource {
  /** The group's name; null for the host itself. */
  group: string | null;
  distance: number;
  settings: Settings;
}

/** Two groups that are equally near to a host and say different things. */
export interface Disagreement {
  /** As it is written: `ssh.user`. */
  setting: string[];
  groups: [string, string];
}

const sshKeys = {
  user: 'user',
  port: 'port',
  keys: 'keys',
  agent: 'agent',
  hostKeys: 'host-keys',
  knownHosts: 'known-hosts',
  connectTimeoutSeconds: 'connect-timeout',
  keepaliveSeconds: 'keepalive',
} as const satisfies Record<keyof Required<Settings>['ssh'], string>;

const wholeKeys = { accelerators: 'accelerators', cost: 'cost', remoteDir: 'remote-dir', setup: 'setup' } as const;

/** Setting by setting, the nearest one wins. Each entry of `ssh` and of `params` is a setting; the others are taken whole. */
export function mergeSettings(sources: readonly SettingSource[]): { settings: Settings; disagreements: Disagreement[] } {
  const nearestFirst = sources.toSorted((left, right) => left.distance - right.distance);
  const settings: Settings = { ssh: {}, params: {} };
  const disagreements: Disagreement[] = [];
  const merge = <Part extends object>(
    into: Part,
    key: keyof Part,
    setting: string[],
    pick: (settings: Settings) => Partial<Part>,
  ) => {
    const saying = nearestFirst.filter((source) => Object.hasOwn(pick(source.settings), key));
    const [winner, ...others] = saying;
    if (winner === undefined) return;
    const value = pick(winner.settings)[key];
    if (value === undefined) return;
    into[key] = value;
    const rival = others.find((one) => one.distance === winner.distance && !isDeepStrictEqual(pick(one.settings)[key], value));
    if (rival?.group != null && winner.group !== null) disagreements.push({ setting, groups: [winner.group, rival.group] });
  };
  for (const key of keysOf(sshKeys)) merge(settings.ssh, key, ['ssh', sshKeys[key]], (one) => one.ssh);
  for (const key of keysOf(wholeKeys)) merge(settings, key, [wholeKeys[key]], (one) => one);
  const params = new Set(sources.flatMap((source) => Object.keys(source.settings.params)));
  for (const name of params) merge(settings.params, name, ['params', name], (one) => one.params);
  return { settings, disagreements };
}

function keysOf<Key extends string>(record: Record<Key, string>): Key[] {
  return Object.keys(record) as Key[];
}
