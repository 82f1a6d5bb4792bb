import { hostname } from 'node:os';
import type { Letter } from '../message.ts';
import type { ProgramCall } from './program.ts';

export interface MailTarget {
  to: readonly string[];
  from: string | null;
  sendmail: string;
}

/** sendmail reads the receivers from the mail (`-t`), and a line with a single dot does not end it (`-i`). */
export function writeMail(
  { to, from, sendmail }: MailTarget,
  { id, message }: Letter,
  environment: NodeJS.ProcessEnv,
): ProgramCall {
  const headers = [
    ...(from === null ? [] : [`From: ${from}`]),
    `To: ${to.join(', ')}`,
    `Subject: ${encodeHeader(`[fleet] ${message.title}`)}`,
    `Date: ${new Date(message.at).toUTCString().replace('GMT', '+0000')}`,
    `Message-ID: <${id}@${hostname()}>`,
    'Auto-Submitted: auto-generated',
    'MIME-Version: 1.0',
    'Content-Type: text/plain; charset=utf-8',
    'Content-Transfer-Encoding: base64',
  ];
  const text = Buffer.from(`${message.lines.join('\n')}\n`)
    .toString('base64')
    .replaceAll(/.{76}/g, '$&\n');
  return { words: [sendmail, '-t', '-i'], stdin: `${headers.join('\n')}\n\n${text}\n`, environment };
}

/** Words of RFC 2047, each short enough and of whole characters, where the text is more than plain ASCII. */
function encodeHeader(text: string): string {
  const line = text.replaceAll(/[\0-\x1f\x7f]+/g, ' ');
  if (/^[ -~]*$/.test(line) && line.length < 900) return line;
  const characters = [...line];
  const words = Array.from({ length: Math.ceil(characters.length / 10) }, (_, index) =>
    characters.slice(index * 10, index * 10 + 10),
  );
  return words.map((word) => `=?utf-8?B?${Buffer.from(word.join('')).toString('base64')}?=`).join('\n ');
}

/** The message as JSON on stdin, and its parts in variables. */
export function writeCommand(words: readonly string[], { id, message }: Letter, environment: NodeJS.ProcessEnv): ProgramCall {
  const own = {
    FLEET_NOTIFY_ID: id,
    FLEET_NOTIFY_KIND: message.kind,
    FLEET_NOTIFY_URGENT: message.urgent ? '1' : '0',
    FLEET_NOTIFY_TITLE: message.title,
    FLEET_NOTIFY_TEXT: message.lines.join('\n'),
    FLEET_NOTIFY_RUN: message.run?.id ?? '',
    FLEET_NOTIFY_HOST: message.run?.host ?? '',
  };
  const variables = Object.fromEntries(Object.entries(own).map(([name, value]) => [name, value.replaceAll('\0', '')]));
  return { words, stdin: `${JSON.stringify({ id, ...message })}\n`, environment: { ...environment, ...variables } };
}
