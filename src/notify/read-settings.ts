import { dirname, join, resolve } from 'node:path';
import { homeOf } from '../config-home.ts';
import { checkSchema } from '../language/check-schema.ts';
import { parsePositiveDuration } from '../language/units.ts';
import { localZoneName } from '../language/zone.ts';
import type { Problem } from '../problem.ts';
import type { SecretSource } from '../secret-source.ts';
import { readYamlFile, sortProblems, type YamlDocument } from '../yaml.ts';
import { notifyFormat, type ChannelEntry, type NotifyEntry } from './format.ts';
import { messageKinds, type MessageKind } from './message.ts';
import type { Channel, NotifySettings, OpenOrSecret, Place } from './settings.ts';

const placeKinds = ['webhook', 'slack', 'discord', 'ntfy', 'mail', 'command'] as const;
const unasked: readonly MessageKind[] = ['started', 'go', 'yellow'];
const defaultUnreachableAfter = '10m';

/** The settings in a file, or every problem of it at once. */
export function readNotifySettings(
  file: string,
  environment: NodeJS.ProcessEnv,
): { settings: NotifySettings | null; problems: Problem[] } {
  const { document, problems } = readYamlFile(file);
  if (document === null) return { settings: null, problems };
  const { value, problems: found } = checkSchema(notifyFormat, document);
  const all = sortProblems([...problems, ...found, ...findPlaceProblems(document)]);
  if (value === null || all.length > 0) return { settings: null, problems: all };
  return { settings: build(file, value, homeOf(environment)), problems: [] };
}

/** A channel is one place. */
function findPlaceProblems(document: YamlDocument): Problem[] {
  return Object.entries(mapping(mapping(document.value)['channels'])).flatMap(([name, entry]) => {
    const kinds = placeKinds.filter((kind) => kind in mapping(entry));
    if (kinds.length === 1 || typeof entry !== 'object' || entry === null) return [];
    // A misspelt one is told by the schema.
    if (kinds.length === 0 && Object.keys(entry).some((key) => key !== 'on')) return [];
    const got = kinds.length === 0 ? 'none' : kinds.join(' and ');
    return [document.problem(['channels', name], `expected one of ${placeKinds.join(', ')}, got ${got}`, { part: 'key' })];
  });
}

function build(file: string, entry: NotifyEntry, home: string): NotifySettings {
  const { 'time-zone': zone, 'unreachable-after': after = defaultUnreachableAfter, summary, channels } = entry;
  return {
    file,
    timeZone: zone ?? localZoneName(),
    unreachableAfterMs: parsePositiveDuration(after) * 1000,
    summary: summary === undefined ? null : { at: summary.at, since: summary.since ?? summary.at },
    channels: Object.entries(channels).map(([name, channel]) => buildChannel(name, channel, { folder: dirname(file), home })),
  };
}

interface Whereabouts {
  folder: string;
  home: string;
}

function buildChannel(name: string, entry: ChannelEntry, where: Whereabouts): Channel {
  const on = entry.on ?? messageKinds.filter((kind) => !unasked.includes(kind));
  return { name, place: buildPlace(entry, where), on: new Set(on) };
}

function buildPlace({ webhook, slack, discord, ntfy, mail, command }: ChannelEntry, where: Whereabouts): Place {
  const placed = (source: SecretSource): SecretSource => ('file' in source ? { file: place(source.file, where) } : source);
  const openOrSecret = (value: string | SecretSource): OpenOrSecret =>
    typeof value === 'string' ? { text: value } : { secret: placed(value) };
  if (webhook !== undefined) {
    const { url, key } = webhook;
    return { kind: 'webhook', url: openOrSecret(url), key: key === undefined ? null : placed(key) };
  }
  if (slack !== undefined) return { kind: 'slack', url: placed(slack.url) };
  if (discord !== undefined) return { kind: 'discord', url: placed(discord.url) };
  if (ntfy !== undefined) {
    const { topic, token, server = 'https://ntfy.sh' } = ntfy;
    return { kind: 'ntfy', server, topic: openOrSecret(topic), token: token === undefined ? null : placed(token) };
  }
  if (mail !== undefined) {
    const { to, from = null, sendmail = '/usr/sbin/sendmail' } = mail;
    return { kind: 'mail', to: [to].flat(), from, sendmail: place(sendmail, where) };
  }
  return { kind: 'command', words: command ?? [] };
}

function place(path: string, { folder, home }: Whereabouts): string {
  return path.startsWith('~/') ? join(home, path.slice(2)) : resolve(folder, path);
}

function mapping(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {};
}
