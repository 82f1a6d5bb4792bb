import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test, type TestContext } from 'vitest';
import { openDaemonLog } from '../../src/cli/daemon/daemon-log.ts';
import { openRotatingFile } from '../../src/cli/daemon/rotating-file.ts';

function makeFolder({ onTestFinished }: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'fleet-log-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return folder;
}

function readAll(folder: string): Record<string, string> {
  return Object.fromEntries(readdirSync(folder).map((name) => [name, readFileSync(join(folder, name), 'utf8')]));
}

/** Two lines of this size fill a file. */
const line = (number: number) => `line ${String(number).padStart(3, '0')}\n`;
const size = { mostBytes: 2 * line(0).length, kept: 2 };

test('a full file makes room for the next, and the oldest are gone', (context) => {
  const folder = makeFolder(context);
  const file = openRotatingFile(join(folder, 'log'), size);
  for (let number = 1; number <= 9; number += 1) file.write(line(number));
  file.close();
  expect(readAll(folder)).toEqual({ log: line(9), 'log.1': line(7) + line(8), 'log.2': line(5) + line(6) });
});

test('it goes on in the file that is there, and a line that is too long for any is kept whole', (context) => {
  const folder = makeFolder(context);
  writeFileSync(join(folder, 'log'), line(1));
  const file = openRotatingFile(join(folder, 'log'), size);
  const long = `${'long '.repeat(10)}\n`;
  for (const text of [line(2), long, line(3)]) file.write(text);
  file.close();
  expect(readAll(folder)).toEqual({ log: line(3), 'log.1': long, 'log.2': line(1) + line(2) });
});

test('bytes are counted, not letters, and an older file that somebody removed is not missed', (context) => {
  const folder = makeFolder(context);
  const file = openRotatingFile(join(folder, 'log'), { mostBytes: 8, kept: 3 });
  for (const text of ['äöü\n', 'ä\n']) file.write(text);
  rmSync(join(folder, 'log.1'));
  for (const text of ['12345678\n', 'end\n']) file.write(text);
  file.close();
  expect(readAll(folder)).toEqual({ log: 'end\n', 'log.1': '12345678\n', 'log.2': 'ä\n' });
});

test('only this user can read it, also what was there before', (context) => {
  const folder = makeFolder(context);
  writeFileSync(join(folder, 'log'), line(1), { mode: 0o644 });
  const file = openRotatingFile(join(folder, 'log'), size);
  for (const number of [2, 3]) file.write(line(number));
  file.close();
  expect(readdirSync(folder).map((name) => statSync(join(folder, name)).mode & 0o777)).toEqual([0o600, 0o600]);
});

test('the log of the daemon has a line of JSON for each thing that it tells, and trouble stands out', async (context) => {
  const folder = makeFolder(context);
  const log = await openDaemonLog(folder);
  log.tell({ text: 'trm on tpu1 begins', entry: '9c1d', run: '4f2a' });
  log.tell({ text: 'run 4f2a: the disk is full', trouble: true });
  log.debug({}, 'what nobody asked for');
  log.close();
  const lines = readFileSync(join(folder, 'daemon.log'), 'utf8').trimEnd().split('\n');
  expect(lines.map((text) => JSON.parse(text) as object)).toEqual([
    expect.objectContaining({ level: 30, msg: 'trm on tpu1 begins', entry: '9c1d', run: '4f2a', pid: process.pid }),
    expect.objectContaining({ level: 40, msg: 'run 4f2a: the disk is full' }),
  ]);
});

test('no value under the name of a secret is in the log, also one level down', async (context) => {
  const folder = makeFolder(context);
  const log = await openDaemonLog(folder);
  const secrets = {
    password: 'hunter1',
    token: 'hunter2',
    key: 'hunter3',
    authorization: 'hunter4',
    env: { HF_TOKEN: 'hunter5' },
  };
  log.warn(secrets, 'above');
  log.warn({ host: { name: 'tpu1', ...secrets } }, 'below');
  log.close();
  const text = readFileSync(join(folder, 'daemon.log'), 'utf8');
  expect(text).not.toContain('hunter');
  expect(text).toContain('"name":"tpu1"');
});
