import { existsSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { isWish } from './faults-file.ts';
import { systemFolders } from './install-programs.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

/** What a command on the host finds in its environment: nothing of fleet's own but locale, time zone and PRETEND_*, or what else a pretend machine heeds. */
export function makeCommandEnvironment(
  home: string,
  fleet: Environment,
  asked: ReadonlyMap<string, string>,
): Record<string, string> {
  const passed = Object.entries(fleet).filter(([name]) => isPassedOn(name));
  const user = currentUser();
  return {
    ...Object.fromEntries(passed.filter((entry): entry is [string, string] => entry[1] !== undefined)),
    ...Object.fromEntries(asked),
    HOME: home,
    ...findRocm(home),
    PATH: [join(home, 'bin'), ...systemFolders].join(':'),
    SHELL: '/bin/sh',
    USER: user,
    LOGNAME: user,
  };
}

/** Where a machine with ROCm has it. */
export function rocmFolder(home: string): string {
  return join(home, '.pretend/rocm');
}

function findRocm(home: string): Record<string, string> {
  return existsSync(rocmFolder(home)) ? { ROCM_PATH: rocmFolder(home) } : {};
}

/** Names that a client may set, as AcceptEnv of an sshd would list them. */
export function isPassedOn(name: string): boolean {
  return /^(LANG|LANGUAGE|TZ|LC_[A-Z]+)$/.test(name) || isWish(name);
}

function currentUser(): string {
  try {
    return userInfo().username;
  } catch {
    // A container may run under a uid that has no name.
    return String(process.getuid?.() ?? 'unknown');
  }
}
