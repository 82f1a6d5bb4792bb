import { mkdirSync, readdirSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { waitFor } from './local-host.ts';
import type { Place } from './namespace-lan.ts';
import { bootMachine, giveTo, holdDisk, installMachine, type HostUser } from './namespace-machine.ts';
import type { Holder } from './namespaces.ts';
import { processesOf } from './pretend-training.ts';
import { waitForBanner } from './sshd.ts';

export interface NamespaceHostOptions {
  /** A folder that is there already, for hosts that share one home as over NFS. Default: one of its own. */
  home?: string;
  /** The home is a disk of this size, as mount writes it. */
  diskSize?: string;
  /** Default: root. */
  user?: HostUser;
  /** /proc shows a plain user no processes of others. */
  hidesProcesses?: boolean;
  /** More lines of its sshd_config. */
  sshd?: string[];
}

/**
 * A machine made of namespaces: a network, a pid space, a host name, a /dev/shm, users and a machine id of its own, and a real sshd as its
 * process 1. Its files are those of the test's machine, but for /etc, and for the home, which is /srv in there.
 */
export interface NamespaceHost {
  readonly name: string;
  readonly address: string;
  readonly user: HostUser;
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
  /** At most so fast, as tc writes it. */
  slow(rate: string): void;
  /** The network is as it was. */
  heal(): void;
  /** Live processes of a run that are on this machine, by their pids outside. */
  processesOf(run: string): number[];
  /** Off for good. */
  end(): Promise<void>;
}

const packetsForSshd = ['INPUT', '-p', 'tcp', '--dport', '22'];

/** On, in its place, and ready to log in to. `hostKey` is a private key, `mayEnter` the public key of those who may log in. */
export async function startNamespaceHost(
  name: string,
  at: { folder: string; place: Place; hostKey: string; mayEnter: string },
  options: NamespaceHostOptions = {},
): Promise<NamespaceHost> {
  const { folder, place, hostKey, mayEnter } = at;
  const { user = 'root', home = join(folder, 'home'), hidesProcesses = false } = options;
  mkdirSync(home, { recursive: true });
  const disk = options.diskSize === undefined ? null : await holdDisk(home, options.diskSize);
  const seenHome = disk === null ? home : `/proc/${disk.pid}/root${home}`;
  giveTo(user, seenHome);
  installMachine(folder, { hostKey, mayEnter, settings: options.sshd ?? [] });

  const turnOn = async (): Promise<Holder> => {
    const started = await bootMachine(name, { folder, home, disk }, hidesProcesses ? 'hidepid=2' : '');
    place.plug(started);
    await waitForBanner({ host: place.address, port: 22 }, started.isAlive, join(folder, 'sshd.log'));
    return started;
  };
  let machine = await turnOn();
  const turnOff = async () => {
    await machine.end();
    await waitFor(`every process of ${name} is gone`, () => !listPidSpaces().includes(machine.pidSpace));
  };
  const fault = (...rule: string[]) => void machine.run('iptables', '-w', '-I', ...rule);

  return {
    name,
    address: place.address,
    user,
    home: seenHome,
    get machine() {
      return machine;
    },
    powerOff: turnOff,
    powerOn: async () => {
      machine = await turnOn();
    },
    cut: () => place.setLink('down'),
    drop: () => fault(...packetsForSshd, '-j', 'DROP'),
    refuse: () => fault(...packetsForSshd, '-j', 'REJECT', '--reject-with', 'tcp-reset'),
    lose: (share) => fault('INPUT', '-m', 'statistic', '--mode', 'random', '--probability', String(share), '-j', 'DROP'),
    slow: (rate) => place.limitRate(machine, rate),
    heal: () => {
      place.setLink('up');
      place.limitRate(machine, null);
      machine.run('iptables', '-w', '-F');
    },
    processesOf: (run) => processesOf(run).filter((pid) => pidSpaceOf(pid) === machine.pidSpace),
    end: async () => {
      await turnOff();
      await disk?.end();
    },
  };
}

/** Of all processes of the test's machine. */
export function listPidSpaces(): (string | null)[] {
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
