import { existsSync } from 'node:fs';
import { homedir, userInfo } from 'node:os';
import { join } from 'node:path';
import { systemCode } from '../errors.ts';
import type { SshSettings } from './host.ts';

/** `$HOME`, as a shell takes `~`. */
export function findHome(environment: NodeJS.ProcessEnv): string {
  const home = environment['HOME'];
  return home === undefined || home === '' ? homedir() : home;
}

/** What holds where an inventory says nothing: the habits of `ssh`. */
export function findDefaultSsh(environment: NodeJS.ProcessEnv, home: string): SshSettings {
  const folder = join(home, '.ssh');
  return {
    user: findUser(environment),
    port: 22,
    keys: ['id_ed25519', 'id_ecdsa', 'id_rsa'].map((name) => join(folder, name)).filter((key) => existsSync(key)),
    agent: true,
    hostKeys: 'strict',
    knownHosts: join(folder, 'known_hosts'),
    connectTimeoutSeconds: 10,
    keepaliveSeconds: 15,
  };
}

/** Empty when nobody knows: in a container a user may have a number and no name. */
function findUser(environment: NodeJS.ProcessEnv): string {
  try {
    return userInfo().username;
  } catch (error) {
    if (systemCode(error) === undefined) throw error;
    return environment['USER'] ?? environment['LOGNAME'] ?? '';
  }
}
