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

const wholeKeys = {
  accelerators: 'accelerators',
  cost: 'cost',
  remoteDir: 'remote-dir',
  keepRunsSeconds: 'keep-runs',
  setup: 'setup',
} as const;

/** Setting by setting, the nearest one wins. Each entry of `ssh` and of `params` is a setting; the others are taken whole. */
export function mergeSettings(sources: readonly SettingSource[]): { settings: Settings; disagreements: Disagreement[] } {
  const settings: Settings = { ssh: {}, params: {} };
  const winners = new Map<string, { source: SettingSource; value: unknown }>();
  const disagreements: Disagreement[] = [];
  const take = <Part extends object>(into: Part, from: Part, key: keyof Part, setting: string[], source: SettingSource) => {
    const value = from[key];
    const winner = winners.get(setting.join('.'));
    if (winner === undefined) {
      winners.set(setting.join('.'), { source, value });
      into[key] = value;
      return;
    }
    const [first, second] = [winner.source, source];
    if (first.distance !== second.distance || first.group === null || second.group === null) return;
    if (!isDeepStrictEqual(winner.value, value)) disagreements.push({ setting, groups: [first.group, second.group] });
  };
  for (const source of sources.toSorted((left, right) => left.distance - right.distance)) {
    const { ssh, params } = source.settings;
    for (const key of keysOf(ssh)) take(settings.ssh, ssh, key, ['ssh', sshKeys[key]], source);
    for (const key of keysOf(wholeKeys)) {
      if (Object.hasOwn(source.settings, key)) take<Settings>(settings, source.settings, key, [wholeKeys[key]], source);
    }
    for (const key of Object.keys(params)) take(settings.params, params, key, ['params', key], source);
  }
  return { settings, disagreements };
}

function keysOf<Part extends object>(part: Part): (keyof Part & string)[] {
  return Object.keys(part) as (keyof Part & string)[];
}
