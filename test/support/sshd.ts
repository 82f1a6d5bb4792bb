import { execFileSync, spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  accessSync,
  chmodSync,
  chownSync,
  closeSync,
  constants,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import { delimiter, join } from 'node:path';

/** An OpenSSH server on loopback with keys and folders of its own. */
export interface Sshd {
  host: string;
  port: number;
  user: string;
  /** Where this user's sessions find themselves: an empty folder made for the test. */
  home: string;
  /** The private key that lets one in. */
  keyFile: string;
  /** Holds the server's host keys. */
  knownHosts: string;
  folder: string;
  /** Everything fleet needs to reach it, as an SshAddress. */
  address: SshdAddress;
  /** Files of the server's host keys, without `.pub`, one for each type. */
  hostKeyFiles: Record<string, string>;
  log(): string;
  /** Ends the server and its sessions, and removes its folder and user. */
  stop(): Promise<void>;
}

export interface SshdAddress {
  host: string;
  port: number;
  user: string;
  keys: string[];
  agent: boolean;
  hostKeys: 'strict' | 'accept-new';
  knownHosts: string;
  connectTimeoutSeconds: number;
  keepaliveSeconds: number;
}

export interface SshdOptions {
  /** Login shell of a user made for this server; needs root. Without it: the user who runs the test. */
  shell?: string;
  /** Files of the home folder, by path inside it: `{ '.bashrc': 'exit 1\n' }`. */
  files?: Record<string, string>;
  /** Lines added to sshd_config. The first word of a setting wins over the ones given here by default. */
  settings?: string[];
  /** Default: ed25519 alone. */
  hostKeyTypes?: ('ed25519' | 'ecdsa' | 'rsa')[];
}

const readyWithinMs = 15_000;

/** Why there can be no sshd here, or null. On CI its absence is a failure, not a reason to skip. */
export function explainMissingSshd(): string | null {
  const missing = [
    ['sshd', findProgram('sshd')],
    ['ssh-keygen', findProgram('ssh-keygen')],
  ].flatMap(([name, path]) => (path === null ? [name] : []));
  if (missing.length === 0) return null;
  const reason = `${missing.join(' and ')} not installed (Debian: openssh-server)`;
  if (process.env['CI'] !== undefined) throw new Error(`the tests over OpenSSH must run on CI: ${reason}`);
  console.warn(`skipping the tests over OpenSSH: ${reason}`);
  return reason;
}

/** Why a user with this login shell cannot be made here, or null. On CI that is a failure. */
export function explainMissingShell(shell: string): string | null {
  const reason = !isRoot() ? 'making users needs root' : isExecutable(shell) ? null : `${shell} is not installed`;
  if (reason === null) return null;
  if (process.env['CI'] !== undefined) throw new Error(`the tests with login shell ${shell} must run on CI: ${reason}`);
  console.warn(`skipping the tests with login shell ${shell}: ${reason}`);
  return reason;
}

function isRoot(): boolean {
  return process.getuid?.() === 0;
}

export function findProgram(name: string): string | null {
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/sbin', '/usr/local/sbin', '/sbin'];
  return folders.map((folder) => join(folder, name)).find(isExecutable) ?? null;
}

/** Starts a server, ready to log in to. */
export async function startSshd(options: SshdOptions = {}): Promise<Sshd> {
  const folder = mkdtempSync(join(tmpdir(), 'fleet-sshd-'));
  // Everybody who logs in must get through to their home.
  chmodSync(folder, 0o755);
  const home = join(folder, 'home');
  mkdirSync(home);
  for (const [path, text] of Object.entries(options.files ?? {})) {
    mkdirSync(join(home, path, '..'), { recursive: true });
    writeFileSync(join(home, path), text);
  }
  const user = options.shell === undefined ? null : await makeUser(options.shell, home);
  const hostKeyFiles = Object.fromEntries(
    (options.hostKeyTypes ?? ['ed25519']).map((type) => [type, makeKey(folder, `host-${type}`, type)]),
  );
  const keyFile = makeKey(folder, 'user-key', 'ed25519');
  const port = await findFreePort();
  const host = '127.0.0.1';
  const log = join(folder, 'sshd.log');
  const server = spawnSshd(folder, log, [
    ...(options.settings ?? []),
    `ListenAddress ${host}`,
    `Port ${port}`,
    ...Object.values(hostKeyFiles).map((file) => `HostKey ${file}`),
    'PidFile none',
    `AuthorizedKeysFile ${keyFile}.pub`,
    'UsePAM no',
    'StrictModes no',
    'PasswordAuthentication no',
    'KbdInteractiveAuthentication no',
    'PermitRootLogin prohibit-password',
    'UseDNS no',
    'MaxStartups 200',
    `SetEnv HOME=${home}`,
  ]);
  const knownHosts = join(folder, 'known_hosts');
  writeFileSync(
    knownHosts,
    Object.values(hostKeyFiles)
      .map((file) => `[${host}]:${port} ${readPublicKey(file)}\n`)
      .join(''),
  );
  const name = user ?? userInfo().username;
  const stop = async () => {
    process.removeListener('exit', cleanUp);
    await endServer(server);
    if (user !== null) await removeUser(user);
    rmSync(folder, { recursive: true, force: true });
  };
  const cleanUp = () => {
    server.kill('SIGKILL');
    if (user !== null) spawnSync('userdel', [user]);
  };
  process.once('exit', cleanUp);
  try {
    await waitForBanner({ host, port }, () => server.exitCode === null, log);
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    host,
    port,
    user: name,
    home,
    keyFile,
    knownHosts,
    folder,
    hostKeyFiles,
    log: () => readFileSync(log, 'utf8'),
    stop,
    address: {
      host,
      port,
      user: name,
      keys: [keyFile],
      agent: false,
      hostKeys: 'strict',
      knownHosts,
      connectTimeoutSeconds: 10,
      keepaliveSeconds: 15,
    },
  };
}

/** `TYPE BASE64` of a key file. */
export function readPublicKey(file: string): string {
  return readFileSync(`${file}.pub`, 'utf8').split(' ').slice(0, 2).join(' ').trim();
}

export function makeKey(folder: string, name: string, type: string): string {
  const file = join(folder, name);
  execFileSync('ssh-keygen', ['-q', '-t', type, '-N', '', '-C', 'fleet-test', '-f', file]);
  chmodSync(`${file}.pub`, 0o644);
  return file;
}

function spawnSshd(folder: string, log: string, settings: string[]): ChildProcess {
  const program = findProgram('sshd');
  if (program === null) throw new Error('sshd is not installed');
  if (isRoot()) mkdirSync('/run/sshd', { recursive: true, mode: 0o755 });
  const config = join(folder, 'sshd_config');
  writeFileSync(config, settings.map((line) => `${line}\n`).join(''));
  const logFile = openSync(log, 'w');
  // Not a daemon, so that its pid is ours to end; by its absolute path, because it starts itself again for every connection.
  const server = spawn(program, ['-D', '-e', '-f', config], {
    stdio: ['ignore', logFile, logFile],
    env: { PATH: process.env['PATH'] },
  });
  closeSync(logFile);
  return server;
}

async function endServer(server: ChildProcess): Promise<void> {
  if (server.exitCode !== null || server.signalCode !== null) return;
  const children = spawnSync('ps', ['-o', 'pid=', '--ppid', String(server.pid)], { encoding: 'utf8' }).stdout;
  const ended = new Promise((resolve) => server.once('exit', resolve));
  server.kill('SIGTERM');
  for (const pid of (children ?? '').split(/\s+/).filter(Boolean)) signalQuietly(Number(pid));
  await ended;
}

/** It may be gone already. */
function signalQuietly(pid: number): void {
  try {
    process.kill(pid, 'SIGTERM');
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
  }
}

async function makeUser(shell: string, home: string): Promise<string> {
  if (!isRoot()) throw new Error('making users needs root');
  const name = `fleet-t-${randomBytes(4).toString('hex')}`;
  // A password of "*": without PAM an account made by useradd counts as locked otherwise.
  await changeUsers('useradd', ['-M', '-d', home, '-s', shell, '-p', '*', name]);
  const [uid, gid] = ['-u', '-g'].map((flag) => Number(execFileSync('id', [flag, name], { encoding: 'utf8' })));
  giveAway(home, uid ?? 0, gid ?? 0);
  return name;
}

function giveAway(home: string, uid: number, gid: number): void {
  const paths = execFileSync('find', [home], { encoding: 'utf8' }).split('\n').filter(Boolean);
  for (const path of paths) chownSync(path, uid, gid);
}

function removeUser(name: string): Promise<void> {
  return changeUsers('userdel', ['-f', name]);
}

/** The files of users have one lock for the whole machine, and other tests make users too. */
async function changeUsers(program: string, words: string[]): Promise<void> {
  let trouble = '';
  for (let attempt = 0; attempt < 50; attempt++) {
    const { status, stderr } = spawnSync(program, words, { encoding: 'utf8' });
    if (status === 0) return;
    trouble = `${program} ${words.join(' ')}: exit ${status}: ${stderr}`;
    if (status !== 1 && status !== 10) break;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(trouble);
}

function findFreePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() =>
        typeof address === 'object' && address !== null ? resolve(address.port) : reject(new Error('no port')),
      );
    });
  });
}

/** Until a server can be logged in to; `log` is what it wrote. */
export async function waitForBanner(at: { host: string; port: number }, runs: () => boolean, log: string): Promise<void> {
  const deadline = performance.now() + readyWithinMs;
  while (performance.now() < deadline && runs()) {
    if (await answers(at)) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error(`sshd did not start: ${readFileSync(log, 'utf8')}`);
}

function answers(at: { host: string; port: number }): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(at);
    socket.once('data', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
