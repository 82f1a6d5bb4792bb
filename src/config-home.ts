import { homedir } from 'node:os';
import { join } from 'node:path';

export function homeOf(environment: NodeJS.ProcessEnv): string {
  const home = environment['HOME'] ?? '';
  return home === '' ? homedir() : home;
}

/** Where a person's settings are. A relative XDG_CONFIG_HOME is ignored, as its specification asks. */
export function configHome(environment: NodeJS.ProcessEnv): string {
  const configured = environment['XDG_CONFIG_HOME'] ?? '';
  return configured.startsWith('/') ? configured : join(homeOf(environment), '.config');
}
