import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { appendFileSync, mkdirSync, readdirSync, readFileSync, readlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { waitFor } from './local-host.ts';
import type { Place } from './namespace-lan.ts';
import { holdNamespaces, type Holder } from './namespaces.ts';
import { processesOf } from './pretend-training.ts';
import { findProgram, waitForBanner } from './sshd.ts';

export interface NamespaceHostOptions {
  /** A folder that is there already, for hosts that share one home as over NFS. Default: one of its own. */
  home?: string;
  /** Who logs in. Default: root. `trainer` is a plain user, and exists on this host alone. */
  user?: 'root' | 'trainer';
  /** /proc shows a plain user no processes of others. */
  hidesProcesses?: boolean;
}

/**
 * A machine made of namespaces: a network, a pid space, a host name, a /dev/shm, users and a machine id of its own, and a real sshd as its
 * process 1. Its files are those of the test's machine, but for /etc, and for the home, which is /srv in there.
 */
export interface NamespaceHost {
  readonly name: string;
  readonly address: string;
  readonly user: 'root' | 'trainer';
  /** Its home as the test sees it. */
  readonly home: string;
  /** What it is while it is on. */
  readonly machine: Holder;
  /** Every process dies at once; the files stay. */
  powerOff(): Promise<void>;
  /** The same machine in a later incarnation. */
  powerOn(): Promise<void>;
  /** The cable is out. */
  cut(): void;
  /** Whatever comes for sshd vanishes. */
  drop(): void;
  /** Whatever comes for sshd is answered by a reset. */
  refuse(): void;
  /** This share of all that comes in vanishes. */
  lose(share: number): void;
  slow(rate: string): void;
  /** The network is as it was. */
  heal(): void;
  /** Live processes of a run that are on this machine, by their pids outside. */
  processesOf(run: string): number[];
}

const kinds = ['--net', '--pid', '--mount', '--uts', '--ipc', '--fork', '--kill-child=KILL', '--mount-proc'];
const trainerId = 4242;
const packetsForSshd = ['INPUT', '-p', 'tcp', '--dport', '22'];

/** $1: its folder. $2: its name. $3: its home. $4: an option of /proc, or nothing. $5: sshd. */
const boot = `set -e
hostname "$2"
mount --bind "$1/etc" /etc
mount --bind "$3" /srv
mount -t tmpfs tmpfs /dev/shm
test -z "$4" || mount -o "remount,$4" /proc
echo ready
exec "$5" -D -f "$1/sshd_config" -E "$1/sshd.log" >/dev/null 2>&1`;

/** On, in its place, and ready to log in to. `hostKey` is a private key, `mayEnter` the public key of those who may log in. */
export async function startNamespaceHost(
  name: string,
  at: { folder: string; place: Place; hostKey: string; mayEnter: string },
  options: NamespaceHostOptions = {},
): Promise<NamespaceHost> {
  const { folder, place } = at;
  const { user = 'root', home = join(folder, 'home'), hidesProcesses = false } = options;
  mkdirSync(home, { recursive: true });
  giveTo(user, home);
  makeEtc(folder);
  mkdirSync('/run/sshd', { recursive: true, mode: 0o755 });
  writeFileSync(join(folder, 'sshd_config'), describeSshd(at));

  const turnOn = async (): Promise<Holder> => {
    const words = [folder, name, home, hidesProcesses ? 'hidepid=2' : '', findProgram('sshd') ?? 'sshd'];
    const started = await holdNamespaces(kinds, boot, words);
    place.plug(started);
    await waitForBanner({ host: place.address, port: 22 }, started.isAlive, join(folder, 'sshd.log'));
    return started;
  };
  let machine = await turnOn();
  const fault = (...rule: string[]) => void machine.run('iptables', '-w', '-I', ...rule);

  return {
    name,
    address: place.address,
    user,
    home,
    get machine() {
      return machine;
    },
    powerOff: async () => {
      await machine.end();
      await waitFor(`every process of ${name} is gone`, () => !listPidSpaces().includes(machine.pidSpace));
    },
    powerOn: async () => {
      machine = await turnOn();
    },
    cut: () => place.setLink('down'),
    drop: () => fault(...packetsForSshd, '-j', 'DROP'),
    refuse: () => fault(...packetsForSshd, '-j', 'REJECT', '--reject-with', 'tcp-reset'),
    lose: (share) => fault('INPUT', '-m', 'statistic', '--mode', 'random', '--probability', String(share), '-j', 'DROP'),
    slow: (rate) => place.limitRate(rate),
    heal: () => {
      place.setLink('up');
      place.limitRate(null);
      machine.run('iptables', '-w', '-F');
    },
    processesOf: (run) => processesOf(run).filter((pid) => pidSpaceOf(pid) === machine.pidSpace),
  };
}

/** A folder and all in it, to a user of the host. */
export function giveTo(user: NamespaceHost['user'], folder: string): void {
  const id = user === 'root' ? 0 : trainerId;
  execFileSync('chown', ['-R', `${id}:${id}`, folder]);
}

/** Users and a machine id of its own, kept when the power goes. */
function makeEtc(folder: string): void {
  const etc = join(folder, 'etc');
  execFileSync('cp', ['-a', '/etc', etc]);
  const passwd = readFileSync(join(etc, 'passwd'), 'utf8').replace(/^root:.*$/m, 'root:x:0:0:root:/srv:/bin/bash');
  writeFileSync(join(etc, 'passwd'), `${passwd}trainer:x:${trainerId}:${trainerId}::/srv:/bin/bash\n`);
  appendFileSync(join(etc, 'group'), `trainer:x:${trainerId}:\n`);
  // A password of "*": without PAM one of "!" counts as locked.
  appendFileSync(join(etc, 'shadow'), 'trainer:*:19000::::::\n');
  execFileSync('rm', ['-f', join(etc, 'machine-id')]);
  writeFileSync(join(etc, 'machine-id'), `${randomBytes(16).toString('hex')}\n`);
}

function describeSshd({ hostKey, mayEnter }: { hostKey: string; mayEnter: string }): string {
  return `HostKey ${hostKey}
AuthorizedKeysFile ${mayEnter}
PidFile none
UsePAM no
StrictModes no
PasswordAuthentication no
KbdInteractiveAuthentication no
PermitRootLogin prohibit-password
UseDNS no
`;
}

function listPidSpaces(): (string | null)[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((pid) => pidSpaceOf(Number(pid)));
}

function pidSpaceOf(pid: number): string | null {
  try {
    return readlinkSync(`/proc/${pid}/ns/pid`);
  } catch {
    return null;
  }
}
