import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { rfc3339, rfc3339OrNull } from '../clock.ts';
import { exitCodes, usageError, type ExitCode } from '../errors.ts';
import { suggestName } from '../language/check-schema.ts';
import type { Message } from '../notify/message.ts';
import { findNotifyFile, usualNotifyFile } from '../notify/notify-file.ts';
import { sendLetter } from '../notify/send.ts';
import type { Channel } from '../notify/settings.ts';
import type { MessageState } from '../store/outbox-records.ts';
import type { Context } from './context.ts';

export interface OutboxDocument {
  /** Null: there are no settings. */
  file: string | null;
  channels: { name: string; by: Channel['place']['kind']; on: string[] }[];
  /** Those that wait, and those that were settled in the last day. */
  messages: MessageDocument[];
}

interface MessageDocument {
  id: string;
  channel: string;
  kind: string;
  run: string | null;
  title: string;
  state: MessageState;
  tries: number;
  reason: string | null;
  createdAt: string;
  nextTryAt: string | null;
  settledAt: string | null;
}

const shownForMs = 24 * 3_600_000;

/** Who is told of what, and how the messages stand. */
export async function readOutbox(context: Context): Promise<OutboxDocument> {
  const settings = await context.readNotifySettings();
  const store = await context.openStoreToLook();
  const messages = store?.outbox.list(context.clock.now() - shownForMs) ?? [];
  return {
    file: settings === null ? null : findNotifyFile(context.environment),
    channels: (settings?.channels ?? []).map(({ name, place, on }) => ({ name, by: place.kind, on: [...on] })),
    messages: messages.map(({ message, createdAt, notBefore, settledAt, cause: _, expiresAt: _until, ...record }) => ({
      ...record,
      title: (message as Message).title,
      createdAt: rfc3339(createdAt),
      nextTryAt: record.state === 'pending' ? rfc3339(notBefore) : null,
      settledAt: rfc3339OrNull(settledAt),
    })),
  };
}

export interface TestDocument {
  tests: { channel: string; sent: boolean; reason: string | null }[];
}

/** Sends a test message to a channel, or to all of them at once. Nothing is stored, and nothing is tried again. */
export async function testChannels(context: Context, name: string | undefined): Promise<TestDocument & { exit: ExitCode }> {
  const { environment, clock } = context;
  const settings = await context.readNotifySettings();
  if (settings === null) {
    throw usageError('no-notify-settings', 'nobody is told anything: there are no settings', [
      `describe who is told in ${usualNotifyFile(environment)}, as docs/notifications.md says`,
    ]);
  }
  const chosen = settings.channels.filter((channel) => name === undefined || channel.name === name);
  if (chosen.length === 0 && name !== undefined) throw unknownChannel(settings.file, name, settings.channels);
  const now = clock.now();
  const tests = await Promise.all(
    chosen.map(async (channel) => {
      const message = describeTest(channel.name, now);
      const delivery = await sendLetter(channel, { id: randomUUID(), message }, { environment, now });
      const reason = delivery.kind === 'sent' ? null : delivery.reason;
      return { channel: channel.name, sent: reason === null, reason };
    }),
  );
  return { tests, exit: tests.every(({ sent }) => sent) ? exitCodes.done : exitCodes.couldNot };
}

function describeTest(channel: string, now: number): Message {
  const lines = [
    `It was asked for by "fleet notify test" on ${hostname()}.`,
    'Nothing has happened, and there is nothing to do.',
  ];
  return { kind: 'test', urgent: false, title: `fleet reaches you by "${channel}"`, lines, at: rfc3339(now), run: null };
}

function unknownChannel(file: string, name: string, channels: readonly Channel[]) {
  const names = channels.map((channel) => channel.name);
  const near = suggestName(name, names);
  return usageError('unknown-channel', `${file}: there is no channel "${name}"`, [
    near ?? `the channels are ${names.join(', ')}`,
  ]);
}
