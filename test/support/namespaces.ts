import { execFileSync, spawn, spawnSync, type ChildProcessByStdio } from 'node:child_process';
import { readlinkSync } from 'node:fs';
import type { Readable } from 'node:stream';
import { findProgram } from './sshd.ts';

const programs = ['ip', 'tc', 'iptables', 'unshare', 'nsenter', 'setpriv', 'mount', 'sshd', 'ssh-keygen'];

/**
 * Why there can be no hosts in namespaces here, or null. On CI a missing program is a failure; a machine that keeps its root from making
 * namespaces, as a container does, is a reason to skip also there.
 */
export function explainMissingNamespaces(): string | null {
  const missing = programs.filter((name) => findProgram(name) === null);
  const lacking =
    process.getuid?.() !== 0
      ? 'they need root'
      : missing.length > 0
        ? `${missing.join(', ')} not installed (Debian: iproute2 iptables util-linux openssh-server)`
        : null;
  if (lacking !== null && process.env['CI'] !== undefined)
    throw new Error(`the tests on hosts in namespaces must run on CI: ${lacking}`);
  const reason = lacking ?? (canMakeNetworks() ? null : 'this machine lets nobody make namespaces and networks');
  if (reason !== null) console.warn(`skipping the tests on hosts in namespaces: ${reason}`);
  return reason;
}

function canMakeNetworks(): boolean {
  const attempt = 'ip link add bridge type bridge && ip link add one type veth peer name other && iptables -w -A INPUT -j ACCEPT';
  const kinds = ['--net', '--pid', '--mount', '--uts', '--ipc', '--fork', '--mount-proc'];
  return spawnSync('unshare', [...kinds, 'sh', '-c', attempt]).status === 0;
}

/** A process that holds namespaces. They go with it, and it goes with the test's own process, however that ends. */
export interface Holder {
  readonly pid: number;
  /** Its pid space, as /proc/PID/ns/pid of the processes inside tells it. */
  readonly pidSpace: string;
  readonly isAlive: () => boolean;
  /** Runs a program inside, and gives its output. */
  run(program: string, ...words: string[]): string;
  /** At once, with everything that runs inside. */
  end(): Promise<void>;
}

/** Starts `script` in new namespaces, and waits until it prints "ready". It begins with the mounts of another holder, where one is given. */
export async function holdNamespaces(
  kinds: readonly string[],
  script: string,
  { words = [], mountsOf = null }: { words?: readonly string[]; mountsOf?: Holder | null } = {},
): Promise<Holder> {
  const among = mountsOf === null ? [] : ['nsenter', `--mount=/proc/${mountsOf.pid}/ns/mnt`];
  // The kernel ends it when we end; unshare in turn takes a new pid namespace with it.
  const command = ['--pdeathsig', 'KILL', '--', ...among, 'unshare', ...kinds, '--', 'sh', '-c', script, 'sh', ...words];
  const child = spawn('setpriv', command, { stdio: ['ignore', 'pipe', 'pipe'], env: { PATH: process.env['PATH'] } });
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  await waitUntilReady(child);
  const pid = child.pid ?? 0;
  const isAlive = () => child.exitCode === null && child.signalCode === null;
  const inside = ['-t', String(pid), '--net', '--mount', '--uts', '--ipc', `--pid=/proc/${pid}/ns/pid_for_children`];
  return {
    pid,
    pidSpace: readlinkSync(`/proc/${pid}/ns/pid_for_children`),
    isAlive,
    run: (program, ...rest) => execFileSync('nsenter', [...inside, program, ...rest], { encoding: 'utf8', stdio: 'pipe' }),
    end: async () => {
      child.kill('SIGKILL');
      if (isAlive()) await ended;
    },
  };
}

function waitUntilReady(child: ChildProcessByStdio<null, Readable, Readable>): Promise<void> {
  let trouble = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (trouble += text));
  return new Promise((resolve, reject) => {
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      if (text.includes('ready')) resolve();
    });
    child.once('error', reject);
    child.once('exit', () => reject(new Error(`it ended before it was ready: ${child.spawnargs.join(' ')}: ${trouble}`)));
  });
}
