import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { makeNotifySchema } from '../../src/notify/json-schema.ts';
import { findNotifyFile } from '../../src/notify/notify-file.ts';
import { readNotifySettings } from '../../src/notify/read-settings.ts';
import { formatProblem } from '../../src/problem.ts';

function write(text: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'fleet-notify-'));
  onTestFinished(() => {
    rmSync(folder, { recursive: true, force: true });
  });
  const file = join(folder, 'notify.yaml');
  writeFileSync(file, text);
  return file;
}

function read(text: string) {
  const file = write(text);
  const { settings, problems } = readNotifySettings(file, { HOME: '/home/ada' });
  return {
    settings,
    problems: problems.map((problem) => formatProblem(problem).replace(file, 'notify.yaml')),
    folder: resolve(file, '..'),
  };
}

test('every kind of channel is read, with its secrets as references', () => {
  const { settings, problems, folder } = read(`
time-zone: Europe/Berlin
unreachable-after: 5m
summary: { at: '08:00', since: '20:00' }
channels:
  hook: { webhook: { url: https://example.com/hook, key: { file: key } }, on: [finished] }
  team: { slack: { url: { env: SLACK_URL } } }
  talk: { discord: { url: { file: ~/discord } } }
  phone: { ntfy: { topic: { env: TOPIC }, server: https://ntfy.example.com, token: { env: TOKEN } } }
  me: { mail: { to: ada@example.com } }
  beep: { command: [beep, --loud] }
`);
  expect(problems).toEqual([]);
  expect(settings).toMatchObject({
    timeZone: 'Europe/Berlin',
    unreachableAfterMs: 300_000,
    summary: { at: '08:00', since: '20:00' },
  });
  expect(settings?.channels.map(({ place }) => place)).toEqual([
    { kind: 'webhook', url: { text: 'https://example.com/hook' }, key: { file: join(folder, 'key') } },
    { kind: 'slack', url: { env: 'SLACK_URL' } },
    { kind: 'discord', url: { file: '/home/ada/discord' } },
    { kind: 'ntfy', server: 'https://ntfy.example.com', topic: { secret: { env: 'TOPIC' } }, token: { env: 'TOKEN' } },
    { kind: 'mail', to: ['ada@example.com'], from: null, sendmail: '/usr/sbin/sendmail' },
    { kind: 'command', words: ['beep', '--loud'] },
  ]);
  expect([...(settings?.channels[0]?.on ?? [])]).toEqual(['finished']);
});

test('without a list a channel is told all that a person may have to act on', () => {
  const { settings } = read('channels: { beep: { command: [beep] } }');
  const told = settings?.channels[0]?.on ?? new Set();
  expect(
    ['red', 'stalled', 'unreachable', 'waiting', 'notify', 'finished', 'no-go', 'summary', 'restarting'].filter(
      (kind) => !told.has(kind as 'red'),
    ),
  ).toEqual([]);
  expect(['started', 'go', 'yellow'].filter((kind) => told.has(kind as 'go'))).toEqual([]);
});

test('every problem is told at once, with its place and the nearest right name', () => {
  const { settings, problems } = read(`
time-zone: Europe/Berln
unreachable-after: often
summary: { at: 8 o'clock }
channels:
  team: { slack: { url: https://hooks.slack.com/services/T0/B0/x } }
  hook: { webhok: { url: https://example.com } }
  both: { command: [beep], mail: { to: ada@example.com } }
  none: { on: [finished] }
  when: { command: [beep], on: [finishd] }
  pass: { webhook: { url: 'https://ada:secret@example.com' } }
`);
  expect(settings).toBeNull();
  expect(problems).toEqual([
    expect.stringMatching(
      /^notify.yaml:2:12: time-zone: expected a time zone .* got "Europe\/Berln": did you mean "Europe\/Berlin"\?$/,
    ),
    expect.stringMatching(/^notify.yaml:3:20: unreachable-after: expected a duration/),
    expect.stringMatching(/^notify.yaml:4:16: summary.at: expected a time such as "08:00"/),
    expect.stringMatching(/^notify.yaml:6:25: channels.team.slack.url: expected a mapping/),
    expect.stringMatching(/^notify.yaml:7:11: channels.hook.webhok: unknown key "webhok" \(did you mean "webhook"\?\)/),
    expect.stringMatching(/^notify.yaml:8:3: channels.both: expected one of webhook, .*, got mail and command$/),
    expect.stringMatching(/^notify.yaml:9:3: channels.none: expected one of webhook, .*, got none$/),
    expect.stringMatching(/^notify.yaml:10:33: channels.when.on\[0\]: expected "started".*\(did you mean "finished"\?\)$/),
    expect.stringMatching(/^notify.yaml:11:27: channels.pass.webhook.url: expected an address .* no password in it/),
  ]);
});

test('settings are where the environment says, else where programs of this desktop keep theirs', () => {
  const home = resolve(write('channels: {}'), '..');
  expect(findNotifyFile({ HOME: home })).toBeNull();
  for (const folder of ['.config/fleet', 'xdg/fleet']) {
    mkdirSync(join(home, folder), { recursive: true });
    writeFileSync(join(home, folder, 'notify.yaml'), 'channels: {}');
  }
  expect(findNotifyFile({ HOME: home })).toBe(join(home, '.config/fleet/notify.yaml'));
  expect(findNotifyFile({ HOME: home, XDG_CONFIG_HOME: join(home, 'xdg') })).toBe(join(home, 'xdg/fleet/notify.yaml'));
  expect(findNotifyFile({ HOME: home, FLEET_NOTIFY: '/nowhere.yaml' })).toBe('/nowhere.yaml');
});

test('a file that was named and is not there is a problem', () => {
  const { problems } = readNotifySettings('/nowhere/notify.yaml', {});
  expect(problems.map(formatProblem)).toEqual(['/nowhere/notify.yaml: no such file']);
});

test('schemas/notify.json is what the format says', () => {
  expect(JSON.parse(readFileSync('schemas/notify.json', 'utf8'))).toEqual(makeNotifySchema());
});
