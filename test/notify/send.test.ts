import { createHmac } from 'node:crypto';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { Letter } from '../../src/notify/message.ts';
import { openScrubber, sendLetter } from '../../src/notify/send.ts';
import type { Place } from '../../src/notify/settings.ts';
import { openReceiver } from '../support/receiver.ts';

const now = Date.parse('2026-11-28T02:12:00Z');
const letter: Letter = {
  id: 'b7f1',
  message: {
    ...{ kind: 'red', urgent: true, title: 'prod-50k on prime1: red' },
    lines: ['loss <!channel> & more', 'fleet halt 4f2a stops it'],
    at: '2026-11-28T02:12:00.000Z',
    run: { id: '4f2a', playbook: 'prod-50k', host: 'prime1' },
  },
};

function send(place: Place, environment: NodeJS.ProcessEnv = {}, changes: Partial<Letter['message']> = {}) {
  const changed = { ...letter, message: { ...letter.message, ...changes } };
  return sendLetter({ name: 'team', place, on: new Set() }, changed, { environment, now, timeLimitMs: 500 });
}

const webhook = (url: string): Place => ({ kind: 'webhook', url: { text: url }, key: null });

function makeProgram(text: string): { folder: string; program: string } {
  const folder = mkdtempSync(join(tmpdir(), 'fleet-notify-'));
  onTestFinished(() => {
    rmSync(folder, { recursive: true, force: true });
  });
  const program = join(folder, 'program');
  writeFileSync(program, `#!/bin/sh\ncd '${folder}' || exit 9\n${text}\n`);
  chmodSync(program, 0o755);
  return { folder, program };
}

test('a webhook is signed over its time and its body, and names the message', async (context) => {
  const { url, received } = await openReceiver(context);
  const place: Place = { kind: 'webhook', url: { secret: { env: 'HOOK' } }, key: { env: 'KEY' } };
  expect(await send(place, { HOOK: `${url}/hook`, KEY: 'very secret' })).toEqual({ kind: 'sent' });
  const [{ path, headers, body } = { path: '', headers: {}, body: '' }] = received;
  expect(path).toBe('/hook');
  expect(JSON.parse(body)).toEqual({ id: 'b7f1', ...letter.message });
  expect(headers['idempotency-key']).toBe('b7f1');
  expect(headers['x-fleet-timestamp']).toBe(String(now / 1000));
  const signature = createHmac('sha256', 'very secret')
    .update(`${now / 1000}.${body}`)
    .digest('hex');
  expect(headers['x-fleet-signature']).toBe(`sha256=${signature}`);
});

test('Slack is given text in which nobody is called', async (context) => {
  const { url, received } = await openReceiver(context);
  await send({ kind: 'slack', url: { env: 'HOOK' } }, { HOOK: url });
  expect(JSON.parse(received[0]?.body ?? '')).toEqual({
    text: '*prod-50k on prime1: red*\nloss &lt;!channel&gt; &amp; more\nfleet halt 4f2a stops it',
  });
});

test('Discord is given no more than it takes, and nobody is called', async (context) => {
  const { url, received } = await openReceiver(context, (response) => response.writeHead(204).end());
  const place: Place = { kind: 'discord', url: { env: 'HOOK' } };
  expect(await send(place, { HOOK: url }, { lines: ['x'.repeat(5_000)] })).toEqual({ kind: 'sent' });
  const body = JSON.parse(received[0]?.body ?? '') as { content: string };
  expect(body).toMatchObject({ allowed_mentions: { parse: [] } });
  expect(body.content).toMatch(/^\*\*prod-50k on prime1: red\*\*\nx+…$/);
  expect(body.content.length).toBeLessThan(2_000);
});

test('ntfy is given the topic in the body, and the token in a header', async (context) => {
  const { url, received } = await openReceiver(context);
  const place: Place = { kind: 'ntfy', server: url, topic: { secret: { env: 'TOPIC' } }, token: { env: 'TOKEN' } };
  expect(await send(place, { TOPIC: 'my-runs', TOKEN: 'tk_1' })).toEqual({ kind: 'sent' });
  expect(received[0]).toMatchObject({ path: '/', headers: { authorization: 'Bearer tk_1' } });
  expect(JSON.parse(received[0]?.body ?? '')).toMatchObject({ topic: 'my-runs', title: letter.message.title, priority: 4 });
});

test.each<[string, number, Record<string, string>, object]>([
  ['an error of the server may pass', 500, {}, { kind: 'later', reason: 'HTTP 500: no' }],
  ['too many is over when it says', 429, { 'retry-after': '90' }, { kind: 'later', reason: 'HTTP 429: no', afterMs: 90_000 }],
  ['an address that is gone stays gone', 404, {}, { kind: 'refused', reason: 'HTTP 404: no' }],
  ['a time that nobody understands is none', 503, { 'retry-after': 'soon' }, { kind: 'later', reason: 'HTTP 503: no' }],
])('%s', async (_, status, headers, expected) => {
  const { url } = await openReceiver({ onTestFinished }, (response) => response.writeHead(status, headers).end('no'));
  expect(await send(webhook(url))).toEqual(expected);
});

test('a redirection is not followed', async (context) => {
  const other = await openReceiver(context);
  const { url } = await openReceiver(context, (response) => response.writeHead(307, { location: other.url }).end());
  expect(await send(webhook(url))).toEqual({ kind: 'refused', reason: 'HTTP 307: it points elsewhere, and is not followed' });
  expect(other.received).toEqual([]);
});

test('a receiver that closes before it has answered may take it later', async (context) => {
  const { url } = await openReceiver(context, (response) => response.destroy());
  expect(await send(webhook(url))).toMatchObject({ kind: 'later' });
});

test('a receiver that has said yes and breaks off has taken it', async (context) => {
  const { url } = await openReceiver(context, (response) => {
    response.writeHead(200, { 'content-length': '100' });
    response.write('half', () => response.destroy());
  });
  expect(await send(webhook(url))).toEqual({ kind: 'sent' });
});

test('a failure that breaks off is told by its status', async (context) => {
  const { url } = await openReceiver(context, (response) => {
    response.writeHead(500, { 'content-length': '100' });
    response.write('half', () => response.destroy());
  });
  expect(await send(webhook(url))).toMatchObject({ kind: 'later', reason: expect.stringMatching(/^HTTP 500/) as string });
});

test('a receiver that never answers is left after the time limit', async (context) => {
  const { url } = await openReceiver(context, () => undefined);
  expect(await send(webhook(url))).toEqual({ kind: 'later', reason: 'no answer in 0.5 s' });
});

test('nobody at the address is told in a word', async () => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  expect(await send(webhook(`http://127.0.0.1:${port}`))).toEqual({ kind: 'later', reason: 'ECONNREFUSED' });
});

test('a secret that is not there is told by its name, and may be there later', async () => {
  expect(await send({ kind: 'slack', url: { env: 'HOOK' } })).toEqual({
    kind: 'later',
    reason: 'the environment variable HOOK is not set',
  });
});

test('a secret that the other side repeats is not told on', async (context) => {
  const { url } = await openReceiver(context, (response, { path }) =>
    response.writeHead(403).end(`no ${path}: http://127.0.0.1 token tk_very_secret`),
  );
  const place: Place = { kind: 'webhook', url: { text: `${url}/x` }, key: { env: 'KEY' } };
  const delivery = await send(place, { KEY: 'tk_very_secret' });
  expect(JSON.stringify(delivery)).not.toContain('tk_very_secret');
  expect(delivery).toMatchObject({ kind: 'refused' });
});

test('a message never holds a secret of any channel', () => {
  const places: Place[] = [
    { kind: 'slack', url: { env: 'ONE' } },
    { kind: 'webhook', url: { secret: { env: 'TWO' } }, key: { env: 'THREE' } },
    { kind: 'ntfy', server: 'https://ntfy.sh', topic: { text: 'runs' }, token: { env: 'FOUR' } },
  ];
  const channels = places.map((place, index) => ({ name: `c${index}`, place, on: new Set<'red'>() }));
  const scrubber = openScrubber(channels, { ONE: 'secret-1', TWO: 'secret-2', THREE: 'secret-3', FOUR: 'secret-4' });
  expect(scrubber.scrubText('runs secret-1 secret-2 secret-3 secret-4')).toBe('runs ******** ******** ******** ********');
});

test('a command gets the message on stdin and in variables, and no shell reads its words', async () => {
  const { folder, program } = makeProgram(`cat >stdin; printf '%s|%s|%s' "$1" "$FLEET_NOTIFY_TITLE" "$FLEET_NOTIFY_ID" >words`);
  const title = '$(touch pwned); `touch pwned`';
  expect(await send({ kind: 'command', words: [program, '$HOME; touch pwned'] }, process.env, { title })).toEqual({
    kind: 'sent',
  });
  expect(readFileSync(join(folder, 'words'), 'utf8')).toBe(`$HOME; touch pwned|${title}|b7f1`);
  expect(JSON.parse(readFileSync(join(folder, 'stdin'), 'utf8'))).toMatchObject({ id: 'b7f1', title });
  expect(existsSync(join(folder, 'pwned'))).toBe(false);
});

test.each([
  [
    'that fails is told by its status and its last word',
    'echo first >&2; echo "no such list" >&2; exit 7',
    /: exit status 7: no such list$/,
  ],
  ['that was killed is told so', 'kill -9 $$', /: ended by SIGKILL$/],
])('a command %s', async (_, text, reason) => {
  const { program } = makeProgram(text);
  const delivery = await send({ kind: 'command', words: [program] }, process.env);
  expect(delivery).toMatchObject({ kind: 'later', reason: expect.stringMatching(reason) as string });
});

test('a command that does not read its message is no trouble', async () => {
  const { program } = makeProgram('exec <&-; exit 0');
  expect(await send({ kind: 'command', words: [program] }, process.env, { lines: ['x'.repeat(100_000)] })).toEqual({
    kind: 'sent',
  });
});

test('a command that is not there may be there later', async () => {
  expect(await send({ kind: 'command', words: ['/nowhere/beep'] })).toEqual({ kind: 'later', reason: '/nowhere/beep: ENOENT' });
});

test('a mail goes to sendmail as a whole, with nothing of it on the command line', async () => {
  const { folder, program } = makeProgram(`printf '%s ' "$@" >words; cat >mail`);
  const place: Place = { kind: 'mail', to: ['ada@example.com', 'bo@example.com'], from: 'fleet@example.com', sendmail: program };
  const title = 'größer\r\nBcc: eve@example.com';
  expect(await send(place, process.env, { title })).toEqual({ kind: 'sent' });
  expect(readFileSync(join(folder, 'words'), 'utf8')).toBe('-t -i ');
  const [head = '', text = ''] = readFileSync(join(folder, 'mail'), 'utf8').split('\n\n');
  expect(head).toMatch(/^From: fleet@example.com\nTo: ada@example.com, bo@example.com\nSubject: =\?utf-8\?B\?/);
  expect(head).not.toMatch(/^Bcc/m);
  expect(head).toMatch(/^Message-ID: <b7f1@.+>$/m);
  expect(head).toMatch(/^Date: Sat, 28 Nov 2026 02:12:00 \+0000$/m);
  expect(Buffer.from(text, 'base64').toString()).toBe('loss <!channel> & more\nfleet halt 4f2a stops it\n');
});
