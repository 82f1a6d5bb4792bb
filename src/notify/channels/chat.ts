import type { Letter, Message } from '../message.ts';
import type { HttpRequest } from './http.ts';

const json = { 'content-type': 'application/json', 'user-agent': 'fleet' };
const mostForSlack = 3_500;
const mostForDiscord = 1_900;
const mostForNtfy = 3_500;
const cutMark = '…';

/** Slack reads `&`, `<` and `>` as its own: a text with them could name people or channels. */
export function writeSlack(url: string, { message }: Letter): HttpRequest {
  const escaped = (text: string) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
  const text = `*${escaped(message.title)}*\n${escaped(shorten(message.lines.join('\n'), mostForSlack))}`;
  return { url, headers: json, body: JSON.stringify({ text }) };
}

export function writeDiscord(url: string, { message }: Letter): HttpRequest {
  const text = shorten(`**${message.title}**\n${message.lines.join('\n')}`, mostForDiscord);
  // Nobody is called by what stands in a log.
  return { url, headers: json, body: JSON.stringify({ content: text, allowed_mentions: { parse: [] } }) };
}

export interface NtfyTarget {
  server: string;
  topic: string;
  token: string | null;
}

/** As JSON, so that the topic is in no address that a proxy writes down. */
export function writeNtfy({ server, topic, token }: NtfyTarget, { message }: Letter): HttpRequest {
  const body = {
    topic,
    title: message.title,
    message: shorten(message.lines.join('\n'), mostForNtfy),
    priority: priorityOf(message),
    tags: [message.kind],
  };
  const authorization = token === null ? {} : { authorization: `Bearer ${token}` };
  return { url: server, headers: { ...json, ...authorization }, body: JSON.stringify(body) };
}

/** 4 rings, 2 is silent. */
function priorityOf({ urgent, kind }: Message): number {
  if (urgent) return 4;
  return kind === 'started' || kind === 'go' ? 2 : 3;
}

function shorten(text: string, most: number): string {
  const characters = [...text];
  return characters.length <= most ? text : `${characters.slice(0, most).join('')}${cutMark}`;
}
