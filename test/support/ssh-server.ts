import { spawn, type ChildProcess } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import ssh2, { type Connection, type ServerChannel, type Session } from 'ssh2';
import { hostPath } from './host-path.ts';
import type { SshdAddress } from './sshd.ts';

/** An SSH server inside the test, whose commands are real, for what a real sshd does not do on request. */
export interface SshServer {
  address: SshdAddress;
  /** Logins so far. */
  logins(): number;
  /** Command lines received so far. */
  commandLines(): string[];
  /** Sessions open now. */
  openSessions(): number;
  /** Passes on so many more bytes of output, of all channels together, then cuts every connection. */
  cutAfter(bytes: number): void;
  /** Cuts every connection now. */
  cut(): void;
  /** Whether a connection that ends takes its commands with it, by HUP, as with some small servers; sshd, and this one at first, let them go on. */
  hangUp(does: boolean): void;
  /** Goes silent without closing anything, as a host does when its network cable is pulled. */
  goSilent(): void;
  stop(): Promise<void>;
}

export interface SshServerOptions {
  /** More sessions at once than this are refused, as sshd does. */
  maxSessions?: number;
  /** Stands in for /bin/sh in every command: `['busybox', 'sh']`. */
  sh?: string[];
  /** More variables for every command. */
  env?: Record<string, string>;
  /** Whether a `signal` request reaches the process group; sshd before 7.9 takes none. */
  takesSignals?: boolean;
}

/** Starts a server on loopback that lets in one key as any user. */
export async function startSshServer(options: SshServerOptions = {}): Promise<SshServer> {
  const folder = mkdtempSync(join(tmpdir(), 'fleet-ssh-server-'));
  const hostKey = makeKeyPair();
  const userKey = makeKeyPair();
  const keyFile = join(folder, 'user-key');
  writeFileSync(keyFile, userKey.private, { mode: 0o600 });
  const sh = writeShell(folder, options.sh);
  const sockets = new Set<Socket>();
  const children = new Set<ChildProcess>();
  const received: string[] = [];
  let logins = 0;
  let open = 0;
  let bytesLeft = Infinity;
  let hangsUp = false;

  const cut = () => {
    for (const socket of sockets) socket.destroySoon();
  };
  const pass = (chunk: Buffer, to: (chunk: Buffer) => void) => {
    const part = chunk.subarray(0, Math.min(chunk.length, bytesLeft));
    bytesLeft -= part.length;
    if (part.length > 0) to(part);
    if (bytesLeft === 0) cut();
  };
  const run = (channel: ServerChannel, commandLine: string, session: Session): ChildProcess => {
    const child = spawn('/bin/sh', ['-c', commandLine.replaceAll('/bin/sh', sh)], {
      cwd: folder,
      env: { ...process.env, PATH: hostPath, ...options.env },
      detached: true,
    });
    children.add(child);
    child.stdout.on('data', (chunk: Buffer) => pass(chunk, (part) => channel.write(part)));
    child.stderr.on('data', (chunk: Buffer) => pass(chunk, (part) => channel.stderr.write(part)));
    child.stdin.on('error', () => undefined);
    channel.on('data', (chunk: Buffer) => child.stdin.write(chunk));
    channel.on('end', () => child.stdin.end());
    channel.on('error', () => undefined);
    session.on('signal', (accept, _reject, { name }) => {
      accept?.();
      if (options.takesSignals !== false) signalGroup(child, `SIG${name}`);
    });
    child.once('close', (code, signal) => {
      children.delete(child);
      if (code === null) channel.exit((signal ?? 'SIGKILL').slice(3));
      else channel.exit(code);
      channel.close();
    });
    return child;
  };
  const serve = (client: Connection) => {
    const sessions = new Set<Session>();
    const commands = new Set<ChildProcess>();
    client.on('error', () => undefined);
    client.on('authentication', (context) => {
      if (context.method === 'publickey') context.accept();
      else context.reject(['publickey']);
    });
    client.on('ready', () => logins++);
    client.once('close', () => {
      open -= sessions.size;
      sessions.clear();
      if (hangsUp) for (const child of commands) signalGroup(child, 'SIGHUP');
    });
    client.on('session', (accept, reject) => {
      if (sessions.size >= (options.maxSessions ?? 10)) {
        reject();
        return;
      }
      const session = accept();
      sessions.add(session);
      open += 1;
      session.on('exec', (acceptExec, _rejectExec, { command }) => {
        received.push(command);
        const channel = acceptExec();
        channel.once('close', () => {
          if (sessions.delete(session)) open -= 1;
        });
        const child = run(channel, command, session);
        commands.add(child);
        child.once('close', () => commands.delete(child));
      });
    });
  };

  const server = new ssh2.Server({ hostKeys: [hostKey.private] }, serve);
  const listener = createServer({ noDelay: true }, (socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.once('close', () => sockets.delete(socket));
    server.injectSocket(socket);
  });
  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
  const bound = listener.address();
  if (typeof bound !== 'object' || bound === null) throw new Error('not listening on a port');
  const knownHosts = join(folder, 'known_hosts');
  writeFileSync(knownHosts, `[127.0.0.1]:${bound.port} ${hostKey.public}\n`);
  return {
    address: {
      host: '127.0.0.1',
      port: bound.port,
      user: 'somebody',
      keys: [keyFile],
      agent: false,
      hostKeys: 'strict',
      knownHosts,
      connectTimeoutSeconds: 5,
      keepaliveSeconds: 15,
    },
    logins: () => logins,
    commandLines: () => received,
    openSessions: () => open,
    cutAfter: (bytes) => {
      bytesLeft = bytes;
      if (bytes === 0) cut();
    },
    cut,
    hangUp: (does) => (hangsUp = does),
    goSilent: () => {
      for (const socket of sockets) socket.pause();
    },
    stop: async () => {
      for (const child of children) signalGroup(child, 'SIGKILL');
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => listener.close(resolve));
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** ssh2 writes one of some two hundred keys so that nobody can read it. */
function makeKeyPair(): { private: string; public: string } {
  for (;;) {
    const pair = ssh2.utils.generateKeyPairSync('ed25519');
    if (!(ssh2.utils.parseKey(pair.private) instanceof Error)) return pair;
  }
}

/** A path without blanks that runs the wanted shell. */
function writeShell(folder: string, words: string[] | undefined): string {
  if (words === undefined) return '/bin/sh';
  const file = join(folder, 'sh');
  writeFileSync(file, `#!/bin/sh\nexec ${words.join(' ')} "$@"\n`);
  chmodSync(file, 0o755);
  return file;
}

function signalGroup(child: ChildProcess, signal: string): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, signal);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
  }
}
