import { createScrubber, type Scrubber } from '../scrubber.ts';
import { Secret } from '../secret.ts';
import { readSecret, type SecretSource } from '../secret-source.ts';
import { writeDiscord, writeNtfy, writeSlack } from './channels/chat.ts';
import { post, usualTimeLimitMs } from './channels/http.ts';
import { writeCommand, writeMail } from './channels/local.ts';
import { runProgram } from './channels/program.ts';
import { writeWebhook } from './channels/webhook.ts';
import type { Delivery } from './delivery.ts';
import type { Letter } from './message.ts';
import type { Channel, OpenOrSecret, Place } from './settings.ts';

export interface SendOptions {
  environment: NodeJS.ProcessEnv;
  now: number;
  signal?: AbortSignal;
  /** For an answer over HTTP; ten seconds when left out. */
  timeLimitMs?: number;
}

/** Tries once, within a time limit of its own, and never throws for what the other side does. No secret is in the answer. */
export async function sendLetter({ name, place }: Channel, letter: Letter, options: SendOptions): Promise<Delivery> {
  const vault = openVault(name, options.environment);
  try {
    return hide(await send(place, letter, vault, options), vault);
  } catch (error) {
    if (error instanceof SecretMissing) return { kind: 'later', reason: error.message };
    throw error;
  }
}

const mostOfReason = 300;

class SecretMissing extends Error {}

interface Vault {
  open(source: SecretSource): string;
  openOrNull(source: SecretSource | null): string | null;
  read(value: OpenOrSecret): string;
  readonly opened: Secret[];
}

/** Secrets are read for one try, and known so that they can be taken out of what comes back. */
function openVault(name: string, environment: NodeJS.ProcessEnv): Vault {
  const opened: Secret[] = [];
  const open = (source: SecretSource): string => {
    const found = readSecret(name, source, environment);
    if (!(found instanceof Secret)) throw new SecretMissing(found);
    opened.push(found);
    return found.reveal().trim();
  };
  return {
    opened,
    open,
    openOrNull: (source) => (source === null ? null : open(source)),
    read: (value) => ('text' in value ? value.text : open(value.secret)),
  };
}

function send(place: Place, letter: Letter, vault: Vault, options: SendOptions): Promise<Delivery> {
  const { environment, now, signal, timeLimitMs = usualTimeLimitMs } = options;
  const limits = { timeLimitMs, signal };
  switch (place.kind) {
    case 'webhook': {
      const target = { url: vault.read(place.url), key: vault.openOrNull(place.key) };
      return post(writeWebhook(target, letter, now), limits);
    }
    case 'slack':
      return post(writeSlack(vault.open(place.url), letter), limits);
    case 'discord':
      return post(writeDiscord(vault.open(place.url), letter), limits);
    case 'ntfy': {
      const { server } = place;
      const target = { server, topic: vault.read(place.topic), token: vault.openOrNull(place.token) };
      return post(writeNtfy(target, letter), limits);
    }
    case 'mail':
      return runProgram(writeMail(place, letter, environment), signal);
    case 'command':
      return runProgram(writeCommand(place.words, letter, environment), signal);
  }
}

function hide(delivery: Delivery, { opened }: Vault): Delivery {
  if (delivery.kind === 'sent') return delivery;
  // A secret that was cut in two is none to a scrubber: the reason is cut after it.
  return { ...delivery, reason: createScrubber(opened, []).scrubText(delivery.reason).slice(0, mostOfReason) };
}

/** Takes the secrets of all channels, as far as they are known here, out of what is to be stored or sent. */
export function openScrubber(channels: readonly Channel[], environment: NodeJS.ProcessEnv): Scrubber {
  const sources = channels.flatMap(({ place }) => sourcesOf(place));
  const secrets = sources.map((source) => readSecret('channel', source, environment));
  return createScrubber(
    secrets.filter((secret) => secret instanceof Secret),
    [],
  );
}

function sourcesOf(place: Place): SecretSource[] {
  const parts = Object.values(place).flatMap((value: unknown): SecretSource[] => (isSource(value) ? [value] : []));
  const inner = Object.values(place).flatMap((value: unknown) =>
    typeof value === 'object' && value !== null && 'secret' in value && isSource(value.secret) ? [value.secret] : [],
  );
  return [...parts, ...inner];
}

function isSource(value: unknown): value is SecretSource {
  return typeof value === 'object' && value !== null && ('env' in value || 'file' in value);
}
