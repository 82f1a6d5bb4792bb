import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { configHome } from '../config-home.ts';

/** Where the person's settings are; null when they have none. A file that `$FLEET_NOTIFY` names is expected to be there. */
export function findNotifyFile(environment: NodeJS.ProcessEnv): string | null {
  const named = environment['FLEET_NOTIFY'] ?? '';
  if (named !== '') return resolve(named);
  const file = usualNotifyFile(environment);
  return existsSync(file) ? file : null;
}

export function usualNotifyFile(environment: NodeJS.ProcessEnv): string {
  return join(configHome(environment), 'fleet', 'notify.yaml');
}
