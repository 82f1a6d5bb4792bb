import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { configHome } from '../../config-home.ts';
import type { Context } from '../context.ts';
import { findProgramRoot } from '../program-root.ts';
import { describeCrontab, describeUnit, type DaemonStart } from './systemd-unit.ts';

export interface Installed {
  kind: 'systemd' | 'crontab';
  /** Null: nothing was written. */
  file: string | null;
  text: string;
  /** What is left for the person to type. */
  next: string[];
}

/** Variables that say where things are: those of a shell are not those of a unit. */
const passedOn = [
  'FLEET_STATE_DIR',
  'FLEET_INVENTORIES',
  'FLEET_PLAYBOOKS',
  'FLEET_NOTIFY',
  'XDG_CONFIG_HOME',
  'XDG_DATA_HOME',
  'XDG_STATE_HOME',
  'TZ',
  'PATH',
];
const paths = ['FLEET_INVENTORIES', 'FLEET_PLAYBOOKS', 'FLEET_NOTIFY'];

/** Writes a user unit where systemd is, or says what to put into a crontab. Neither is started. */
export function installDaemon(context: Context, { crontab }: { crontab: boolean }): Installed {
  const start = describeStart(context);
  if (crontab || !existsSync('/run/systemd/system')) {
    return { kind: 'crontab', file: null, text: describeCrontab(start), next: ['crontab -e'] };
  }
  const file = unitFile(context.environment);
  const text = describeUnit(start);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
  return {
    kind: 'systemd',
    file,
    text,
    next: ['systemctl --user daemon-reload', 'systemctl --user enable --now fleet-daemon', 'loginctl enable-linger'],
  };
}

function unitFile(environment: NodeJS.ProcessEnv): string {
  return join(configHome(environment), 'systemd/user/fleet-daemon.service');
}

export function describeStart({ environment, stateDir }: Pick<Context, 'environment' | 'stateDir'>): DaemonStart {
  const known = passedOn.flatMap((name) => {
    const value = environment[name] ?? '';
    return value === '' ? [] : [[name, paths.includes(name) ? resolveAll(value) : value] as const];
  });
  return {
    node: process.execPath,
    program: join(findProgramRoot(), 'bin/fleet.js'),
    folder: process.cwd(),
    secrets: join(configHome(environment), 'fleet/daemon.env'),
    environment: { ...Object.fromEntries(known), FLEET_STATE_DIR: stateDir },
  };
}

function resolveAll(value: string): string {
  return value
    .split(':')
    .map((path) => resolve(path))
    .join(':');
}
