import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { connect as connectSocket } from 'node:net';
import { join } from 'node:path';
import ssh2 from 'ssh2';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { EmbeddedHost } from '../../src/embedded/embedded-host.ts';
import { collect, connect, listProcesses, makeFolder, open, run, runOnce, startHost, waitFor } from './setup.ts';

let place: Awaited<ReturnType<typeof makeFolder>>;
let host: EmbeddedHost;

beforeAll(async () => {
  place = await makeFolder();
  host = await startHost(place, {
    environment: { PRETEND_FAULT: 'slow', LANG: 'C.UTF-8', WANDB_API_KEY: 'canary', GIT_DIR: '/x' },
  });
});

afterAll(async () => {
  await host.close();
  await place.remove();
});

describe('a command', () => {
  test('gives its output, its errors and its exit status', async () => {
    const result = await runOnce(host, 'echo out; echo err >&2; exit 7');
    expect(result).toEqual({ exitCode: 7, signal: null, stdout: 'out\n', stderr: 'err\n' });
  });

  test('that a signal ended tells which', async () => {
    expect(await runOnce(host, 'kill -TERM $$')).toMatchObject({ signal: 'SIGTERM' });
  });

  test('runs in the home, in a session of its own, with a short environment', async () => {
    const { stdout } = await runOnce(host, 'pwd; cat /proc/$$/stat; env | cut -d= -f1 | sort');
    const [pwd, statLine = '', ...names] = stdout.trim().split('\n');
    expect(pwd).toBe(host.homeDir);
    const [pid, , , , group, session] = statLine.split(' ');
    expect([group, session]).toEqual([pid, pid]);
    expect(names.filter((name) => !['OLDPWD', '_', 'SHLVL'].includes(name))).toEqual(
      ['HOME', 'LANG', 'LOGNAME', 'PATH', 'PRETEND_FAULT', 'PWD', 'SHELL', 'USER'].sort(),
    );
    const path = await runOnce(host, 'echo $HOME $PATH $PRETEND_FAULT');
    expect(path.stdout).toBe(`${host.homeDir} ${host.homeDir}/bin:/usr/local/bin:/usr/bin:/bin slow\n`);
  });

  test('reads three megabytes of input', async () => {
    const client = await connect(host);
    const input = Buffer.alloc(3_000_000, 'abcdefgh');
    const { stdout } = await run(client, 'sha256sum', input);
    client.end();
    expect(stdout.split(' ')[0]).toBe(createHash('sha256').update(input).digest('hex'));
  });

  test('that reads none of its input ends all the same', async () => {
    const client = await connect(host);
    const result = await run(client, 'exec <&-; exit 4', Buffer.alloc(5_000_000));
    expect(result.exitCode).toBe(4);
    expect((await run(client, 'echo still here')).stdout).toBe('still here\n');
    client.end();
  });

  test('loses and doubles nothing when first one output and then the other waits for a slow client', async () => {
    const client = await connect(host);
    const channel = await open(client, 'seq 1 700000; read go; seq 1000000 1700000 >&2');
    const result = collect(channel);
    const stdout = makeNumbers(1, 700_000);
    const all = waitForBytes(channel, stdout.length);
    await stopReading(channel, 500);
    await all;
    channel.write('go\n');
    await stopReading(channel, 2_600);
    const ended = await result;
    client.end();
    expect(ended.exitCode).toBe(0);
    expect(hashOf(ended.stdout)).toBe(hashOf(stdout));
    expect(hashOf(ended.stderr)).toBe(hashOf(makeNumbers(1_000_000, 1_700_000)));
  });

  test('tells its exit at once, and ends soon, although a child keeps its output open', async () => {
    const client = await connect(host);
    const startMs = performance.now();
    const channel = await open(client, 'sleep 30 & echo $!');
    const result = collect(channel);
    await once(channel, 'exit');
    expect(performance.now() - startMs).toBeLessThan(1_500);
    const { stdout } = await result;
    expect(performance.now() - startMs).toBeLessThan(6_000);
    process.kill(Number(stdout), 'SIGKILL');
    client.end();
  });

  test('gets the signals that the client sends', async () => {
    const client = await connect(host);
    const channel = await open(client, 'trap "echo got it; exit 5" USR1; echo ready; while :; do sleep 0.05; done');
    const result = collect(channel);
    await once(channel, 'data');
    channel.signal('USR1');
    expect(await result).toMatchObject({ exitCode: 5, stdout: 'ready\ngot it\n' });
    client.end();
  });
});

describe('closing', () => {
  test('the channel hangs up the group of its command, and not what left for a session of its own', async () => {
    const client = await connect(host);
    const mark = 'sleep 97.31';
    const channel = await open(client, `${mark} & setsid ${mark} >/dev/null 2>&1 & echo ready; wait`);
    await once(channel, 'data');
    await waitFor('two of them', async () => (await matching(mark)).length === 2);
    channel.close();
    const left = await waitFor('one of them', async () => {
      const found = await matching(mark);
      return found.length === 1 ? found : null;
    });
    process.kill(left[0]?.pid ?? 0, 'SIGKILL');
    client.end();
  });

  test('a connection that breaks hangs up a command that leaves its input unread', async () => {
    const mark = 'sleep 98.32';
    const { socket, client } = await connectOver();
    const channel = await open(client, `echo ready; exec ${mark}`);
    channel.write(Buffer.alloc(4_000_000));
    await once(channel, 'data');
    expect(await matching(mark)).toHaveLength(1);
    socket.resetAndDestroy();
    await waitFor('the command to go', async () => (await matching(mark)).length === 0);
    expect((await runOnce(host, 'echo still served')).stdout).toBe('still served\n');
  });

  test('a client that speaks no SSH does no harm', async () => {
    const socket = connectSocket(host.port, '127.0.0.1');
    await once(socket, 'connect');
    socket.write('GET / HTTP/1.0\r\n\r\n');
    socket.resetAndDestroy();
    expect((await runOnce(host, 'echo still served')).stdout).toBe('still served\n');
  });
});

describe('sessions', () => {
  test('are at most ten on one connection', async () => {
    const client = await connect(host);
    const channels = await Promise.all(Array.from({ length: 10 }, () => open(client, 'cat')));
    await expect(open(client, 'true')).rejects.toThrow(/open failed|Channel open failure/);
    const ended = channels.map(collect);
    for (const channel of channels) channel.end();
    await Promise.all(ended);
    expect((await run(client, 'echo free again')).stdout).toBe('free again\n');
    client.end();
  });

  test('refuse file transfer, and give its place back', async () => {
    const client = await connect(host);
    for (let left = 12; left > 0; left -= 1) {
      const error = await new Promise<Error | undefined>((resolve) => client.sftp((failure) => resolve(failure)));
      expect(error).toBeInstanceOf(Error);
    }
    expect((await run(client, 'echo free')).stdout).toBe('free\n');
    client.end();
  });

  test('without a command are a shell that reads its input', async () => {
    const client = await connect(host);
    const channel = await new Promise<ssh2.ClientChannel>((resolve, reject) => {
      client.shell(false, (error, opened) => (error === undefined ? resolve(opened) : reject(error)));
    });
    const result = collect(channel);
    channel.end('echo "in $PWD"; exit 6\n');
    expect(await result).toMatchObject({ exitCode: 6, stdout: `in ${host.homeDir}\n` });
    client.end();
  });
});

describe('logging in', () => {
  test('takes the one key alone', async () => {
    const other = ssh2.utils.generateKeyPairSync('ed25519').private;
    await expect(connect(host, { privateKey: other })).rejects.toThrow('All configured authentication methods failed');
    await expect(connect(host, { username: 'root' })).rejects.toThrow('All configured authentication methods failed');
    const password: ssh2.PasswordAuthMethod = { type: 'password', username: host.user, password: 'canary' };
    await expect(connect(host, { authHandler: [password] })).rejects.toThrow('All configured authentication methods failed');
  });

  test('uses a key that nobody else may read', async () => {
    expect((await stat(host.keyFile)).mode & 0o777).toBe(0o600);
    expect((await stat(join(host.keyFile, '../host_key'))).mode & 0o777).toBe(0o600);
  });
});

describe('starting', () => {
  test('again keeps the host key and the home, on another port with a known_hosts of its own', async () => {
    const second = await startHost(place);
    const [first, other] = [await readFile(host.knownHosts, 'utf8'), await readFile(second.knownHosts, 'utf8')];
    expect(first).toMatch(/^\[127\.0\.0\.1\]:\d+ ssh-ed25519 [A-Za-z0-9+/=]+\n$/);
    expect(other.split(' ')[2]).toBe(first.split(' ')[2]);
    expect(other.split(' ')[0]).toBe(`[127.0.0.1]:${second.port}`);
    expect(second.homeDir).toBe(host.homeDir);
    await second.close();
    await expect(stat(second.knownHosts)).rejects.toThrow('ENOENT');
    expect(await readFile(host.knownHosts, 'utf8')).toBe(first);
  });

  test('removes the known_hosts that a killed process left', async () => {
    const folder = join(host.knownHosts, '..');
    const leftover = join(folder, `${process.pid}-1-4242`);
    await writeFile(leftover, '');
    const second = await startHost(place);
    await second.close();
    expect(await readdir(folder)).toEqual([host.knownHosts.slice(folder.length + 1)]);
  });

  test('as a machine that is not there yet says so', async () => {
    await expect(startHost(place, { machine: 'tpu-v5e-16' })).rejects.toMatchObject({ code: 'not-yet', exit: 2 });
    await expect(startHost(place, { workers: 2 })).rejects.toMatchObject({ code: 'embedded-workers', exit: 2 });
    await expect(startHost(place, { name: '../demo' })).rejects.toMatchObject({ code: 'embedded-name', exit: 2 });
  });
});

async function matching(command: string) {
  return (await listProcesses(place.folder)).filter((process) => process.command === command);
}

async function stopReading(channel: ssh2.ClientChannel, ms: number): Promise<void> {
  channel.pause();
  channel.stderr.pause();
  await new Promise((resolve) => setTimeout(resolve, ms));
  channel.resume();
  channel.stderr.resume();
}

async function waitForBytes(channel: ssh2.ClientChannel, count: number): Promise<void> {
  let bytes = 0;
  await new Promise<void>((resolve) => {
    channel.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes >= count) resolve();
    });
  });
}

async function connectOver() {
  const socket = connectSocket(host.port, '127.0.0.1');
  const client = await connect(host, { sock: socket });
  return { socket, client };
}

function makeNumbers(from: number, to: number): string {
  return Array.from({ length: to - from + 1 }, (_, index) => `${from + index}\n`).join('');
}

function hashOf(text: string): string {
  return `${text.length} ${createHash('sha256').update(text).digest('hex')}`;
}
