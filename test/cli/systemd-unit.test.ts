import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { describeStart } from '../../src/cli/daemon/install-daemon.ts';
import { describeCrontab, describeUnit, type DaemonStart } from '../../src/cli/daemon/systemd-unit.ts';
import { missingReason } from '../support/local-host.ts';

const reason = missingReason('systemd-analyze');
if (reason !== null) console.warn(`skipping the test of the unit: ${reason}`);

const start: DaemonStart = {
  node: process.execPath,
  program: '/opt/my "fleet"/bin/fleet.js',
  folder: '/tmp',
  secrets: "/home/o'neil/100%/my fleet/daemon.env",
  environment: { FLEET_STATE_DIR: "/home/o'neil/100%/$HOME/state", PATH: '/usr/bin:/bin' },
};

test.skipIf(reason !== null)('systemd accepts the unit, whatever the names of files hold', ({ onTestFinished }) => {
  const folder = mkdtempSync(join(tmpdir(), 'fleet-unit-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'fleet-daemon.service');
  writeFileSync(file, describeUnit(start));
  const { status, stderr } = spawnSync('systemd-analyze', ['--user', 'verify', file], {
    encoding: 'utf8',
    env: { ...process.env, XDG_RUNTIME_DIR: folder },
  });
  expect(stderr.split('\n').filter((line) => line.includes('fleet-daemon.service'))).toEqual([]);
  expect(status).toBe(0);
});

test('a unit says every value as it is', () => {
  expect(describeUnit(start).split('\n')).toEqual(
    expect.arrayContaining([
      `ExecStart="${process.execPath}" "/opt/my \\"fleet\\"/bin/fleet.js" daemon`,
      "EnvironmentFile=-/home/o'neil/100%%/my fleet/daemon.env",
      `Environment="FLEET_STATE_DIR=/home/o'neil/100%%/$HOME/state"`,
    ]),
  );
});

test('a line of a crontab gives a shell every value as it is', () => {
  const line = describeCrontab({ ...start, program: '/bin/echo', node: '/usr/bin/printenv' });
  expect(line).toMatch(/^\* \* \* \* \* cd \/tmp && /);
  const command = line
    .slice('* * * * * '.length)
    .replaceAll('\\%', '%')
    .replace('/bin/echo daemon --once >/dev/null 2>&1', 'FLEET_STATE_DIR');
  expect(execFileSync('/bin/sh', ['-c', command], { encoding: 'utf8' })).toBe("/home/o'neil/100%/$HOME/state\n");
});

test('a daemon finds who is told, and its secrets, where this shell has them', () => {
  const environment = { HOME: '/home/ada', XDG_CONFIG_HOME: '/elsewhere', FLEET_NOTIFY: 'told.yaml' };
  expect(describeStart({ environment, stateDir: '/state' })).toMatchObject({
    secrets: '/elsewhere/fleet/daemon.env',
    environment: { XDG_CONFIG_HOME: '/elsewhere', FLEET_NOTIFY: resolve('told.yaml') },
  });
  expect(describeStart({ environment: { HOME: '/home/ada' }, stateDir: '/state' }).secrets).toBe(
    '/home/ada/.config/fleet/daemon.env',
  );
});

test('what would break the line is refused', () => {
  expect(() => describeUnit({ ...start, folder: '/a\nb' })).toThrow('a unit takes no line breaks');
  expect(() => describeCrontab({ ...start, folder: '/a\nb' })).toThrow('a crontab takes no line breaks');
});
