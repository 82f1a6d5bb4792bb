import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { holdNamespaces, type Holder } from './namespaces.ts';
import { findProgram } from './sshd.ts';

/** Who logs in: root, or a plain user that exists on these machines alone. */
export type HostUser = 'root' | 'trainer';

/** What stays of a machine when its power goes. */
export interface MachineFiles {
  /** Holds what its /etc has of its own, the settings and the log of its sshd. */
  folder: string;
  /** In there it is /srv. */
  home: string;
  /** In whose mounts it starts, when it has a disk of its own. */
  disk: Holder | null;
}

const kinds = ['--net', '--pid', '--mount', '--uts', '--ipc', '--fork', '--kill-child=KILL', '--mount-proc'];
const trainerId = 4242;

/** $1: its folder. $2: its name. $3: its home. $4: an option of /proc, or nothing. $5: sshd. */
const boot = `set -e
hostname "$2"
mount -t tmpfs -o mode=755 tmpfs "$1/etc"
cp -a /etc/. "$1/etc"
cp --remove-destination "$1"/own/* "$1/etc"
mount --bind "$1/etc" /etc
mount --bind "$3" /srv
mount -t tmpfs tmpfs /dev/shm
test -z "$4" || mount -o "remount,$4" /proc
echo ready
exec "$5" -D -f "$1/sshd_config" -E "$1/sshd.log" >/dev/null 2>&1`;

/** Users and a machine id of its own, and a real sshd: once for each machine. */
export function installMachine(folder: string, sshd: { hostKey: string; mayEnter: string; settings: readonly string[] }): void {
  const passwd = readFileSync('/etc/passwd', 'utf8').replace(/^root:.*$/m, 'root:x:0:0:root:/srv:/bin/bash');
  const own = {
    passwd: `${passwd}trainer:x:${trainerId}:${trainerId}::/srv:/bin/bash\n`,
    group: `${readFileSync('/etc/group', 'utf8')}trainer:x:${trainerId}:\n`,
    // A password of "*": without PAM one of "!" counts as locked.
    shadow: ['root', 'nobody', 'trainer'].map((name) => `${name}:*:19000::::::\n`).join(''),
    'machine-id': `${randomBytes(16).toString('hex')}\n`,
  };
  mkdirSync(join(folder, 'etc'));
  mkdirSync(join(folder, 'own'));
  for (const [name, text] of Object.entries(own)) writeFileSync(join(folder, 'own', name), text);
  mkdirSync('/run/sshd', { recursive: true, mode: 0o755 });
  const settings = [
    ...sshd.settings,
    `HostKey ${sshd.hostKey}`,
    `AuthorizedKeysFile ${sshd.mayEnter}`,
    'PidFile none',
    'UsePAM no',
    'StrictModes no',
    'PasswordAuthentication no',
    'KbdInteractiveAuthentication no',
    'PermitRootLogin prohibit-password',
    'UseDNS no',
  ];
  writeFileSync(join(folder, 'sshd_config'), settings.map((line) => `${line}\n`).join(''));
}

/** A folder and all in it, to a user of the machines. */
export function giveTo(user: HostUser, folder: string): void {
  const id = user === 'root' ? 0 : trainerId;
  execFileSync('chown', ['-R', `${id}:${id}`, folder]);
}

/** A small disk that lasts while its holder lives. The test sees what is on it in the holder's root. */
export function holdDisk(folder: string, size: string): Promise<Holder> {
  const script = 'mount -t tmpfs -o "size=$2,mode=755" tmpfs "$1" && echo ready && exec sleep infinity';
  return holdNamespaces(['--mount'], script, { words: [folder, size] });
}

/** A new incarnation of the machine, without a network yet. */
export function bootMachine(name: string, { folder, home, disk }: MachineFiles, proc: string): Promise<Holder> {
  return holdNamespaces(kinds, boot, { words: [folder, name, home, proc, findProgram('sshd') ?? 'sshd'], mountsOf: disk });
}
