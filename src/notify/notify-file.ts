import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';

/** Where the person's settings are; null when they have none. A file that `$FLEET_NOTIFY` names is expected to be there. */
export function findNotifyFile(environment: NodeJS.ProcessEnv): string | null {
  const named = environment['FLEET_NOTIFY'] ?? '';
  if (named !== '') return resolve(named);
  const file = usualNotifyFile(environment);
  return existsSync(file) ? file : null;
}

export function usualNotifyFile(environment: NodeJS.ProcessEnv): string {
  const base = environment['XDG_CONFIG_HOME'] ?? '';
  return join(base === '' ? join(homeOf(environment), '.config') : base, 'fleet', 'notify.yaml');
}

export function homeOf(environment: NodeJS.ProcessEnv): string {
  const home = environment['HOME'] ?? '';
  return home === '' ? homedir() : home;
}
