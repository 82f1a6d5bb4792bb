import { dirname, resolve } from 'node:path';
import { parseDuration, parseSize } from '../language/units.ts';
import type { SettingsEntry } from './format.ts';
import type { DeclaredAccelerators, Host, SshSettings } from './host.ts';

/** What a host or a group says, with paths made absolute and units read. What it does not say is left out. */
export interface Settings {
  ssh: Partial<SshSettings>;
  accelerators?: DeclaredAccelerators;
  cost?: NonNullable<Host['cost']>;
  remoteDir?: string;
  keepRunsSeconds?: number | null;
  setup?: string;
  params: Host['params'];
}

/** `file` is where the entry stands: relative paths start from its folder. */
export function readSettings(entry: SettingsEntry, file: string, home: string): Settings {
  const path = (text: string) => resolvePath(text, file, home);
  const { accelerators, cost } = entry;
  return dropUndefined({
    ssh: readSsh(entry.ssh, path),
    accelerators: accelerators && {
      ...accelerators,
      memory: accelerators.memory === undefined ? null : parseSize(accelerators.memory),
    },
    cost: cost && { perHour: cost['per-hour'], currency: cost.currency },
    remoteDir: entry['remote-dir'],
    keepRunsSeconds: mapDefined(entry['keep-runs'], (text) => (text === 'forever' ? null : parseDuration(text))),
    setup: typeof entry.setup === 'object' ? entry.setup.join('\n') : entry.setup,
    params: entry.params ?? {},
  });
}

function readSsh(entry: SettingsEntry['ssh'], path: (text: string) => string): Partial<SshSettings> {
  if (entry === undefined) return {};
  const keys = entry.keys ?? (entry.key === undefined ? undefined : [entry.key]);
  return dropUndefined({
    user: entry.user,
    port: entry.port,
    keys: keys?.map(path),
    agent: entry.agent,
    hostKeys: entry['host-keys'],
    knownHosts: mapDefined(entry['known-hosts'], path),
    connectTimeoutSeconds: mapDefined(entry['connect-timeout'], parseDuration),
    keepaliveSeconds: mapDefined(entry.keepalive, parseDuration),
  });
}

function resolvePath(text: string, file: string, home: string): string {
  if (text === '~' || text.startsWith('~/')) return resolve(home, text.slice(2));
  return resolve(dirname(file), text);
}

function mapDefined<From, To>(value: From | undefined, map: (value: From) => To): To | undefined {
  return value === undefined ? undefined : map(value);
}

type Defined<T> = { [Key in keyof T as undefined extends T[Key] ? never : Key]: T[Key] } & {
  [Key in keyof T as undefined extends T[Key] ? Key : never]?: Exclude<T[Key], undefined>;
};

function dropUndefined<T extends object>(value: T): Defined<T> {
  return Object.fromEntries(Object.entries(value).filter(([, one]) => one !== undefined)) as Defined<T>;
}
