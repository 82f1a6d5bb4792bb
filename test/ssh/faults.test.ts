import { createServer, type Server, type Socket } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { createSshTransport } from '../../src/ssh/ssh-transport.ts';
import type { Connection, SshAddress, Transport } from '../../src/ssh/transport.ts';
import { findProgram } from '../support/sshd.ts';
import { startSshServer, type SshServerOptions } from '../support/ssh-server.ts';

const limits = { timeoutSeconds: 10 };
const undo: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const act of undo.splice(0).reverse()) await act();
});

async function setup(options: SshServerOptions = {}, settings: Partial<SshAddress> = {}) {
  const server = await startSshServer(options);
  undo.push(() => server.stop());
  const transport = createSshTransport({ environment: {} });
  undo.push(() => transport.close());
  const address: SshAddress = { ...server.address, ...settings };
  return { server, transport, address, connection: await transport.connect(address) };
}

async function converse(connection: Connection, script: string, input?: Buffer): Promise<string> {
  const output: Buffer[] = [];
  const keep = (chunk: Buffer) => void output.push(chunk);
  await connection.converse(script, { onStdout: keep, onStderr: keep }, input === undefined ? {} : { input });
  return Buffer.concat(output).toString();
}

describe('a cut connection', () => {
  test('in the middle of an answer, after any of its bytes, is an unknown outcome', async () => {
    const { server, transport, address } = await setup();
    const wholeAnswer = Buffer.byteLength(`out${marker} 2 0\nerr${marker} 2\n`);
    for (let bytes = 0; bytes < wholeAnswer; bytes++) {
      const connection = await transport.connect(address);
      await connection.ask('true', limits);
      server.cutAfter(bytes);
      const outcome = await connection.ask('printf out; printf err >&2', limits).catch((error: unknown) => error);
      expect(outcome, `cut after ${bytes} bytes`).toMatchObject({ code: 'outcome-unknown' });
      expect(connection.alive).toBe(false);
      server.cutAfter(Infinity);
    }
    const connection = await transport.connect(address);
    await connection.ask('true', limits);
    server.cutAfter(wholeAnswer);
    expect((await connection.ask('printf out; printf err >&2', limits)).stdout.toString()).toBe('out');
  });

  test('leaves every question that was sent unknown, and the next connect dials again', async () => {
    const { server, transport, address, connection } = await setup();
    await connection.ask('true', limits);
    const pending = [connection.ask('sleep 60', limits), connection.ask('true', limits)];
    const talk = connection.converse('echo started; sleep 60', { onStdout: () => server.cut(), onStderr: () => undefined });
    const outcomes = await Promise.allSettled([...pending, talk]);
    expect(outcomes.map((outcome) => outcome.status === 'rejected' && (outcome.reason as { code: string }).code)).toEqual(
      Array.from({ length: 3 }, () => 'outcome-unknown'),
    );
    const again = await transport.connect(address);
    expect(again).not.toBe(connection);
    expect((await again.ask('echo back', limits)).stdout.toString()).toBe('back\n');
    expect(server.logins()).toBe(2);
  });

  test('before anything was sent is no more than a failed connection', async () => {
    const { server, connection } = await setup({ sh: ['sleep', '60', '#'] });
    const question = connection.ask('true', limits);
    await waitFor(() => server.openSessions() === 1);
    server.cut();
    await expect(question).rejects.toMatchObject({ code: 'connection-lost-before-start', retryable: true });
    await expect(connection.ask('true', limits)).rejects.toMatchObject({ code: 'connection-lost-before-start' });
  });

  test('a host that falls silent is noticed, and what was sent is unknown', async () => {
    const { server, connection } = await setup({}, { keepaliveSeconds: 0.1 });
    await connection.ask('true', limits);
    server.goSilent();
    const outcomes = await Promise.allSettled([connection.ask('true', limits), connection.ask('true', limits)]);
    expect(outcomes).toMatchObject([{ reason: { code: 'outcome-unknown' } }, { reason: { code: 'outcome-unknown' } }]);
    expect(connection.alive).toBe(false);
  });

  test('closing a connection whose host is silent does not wait for it', async () => {
    const { server, transport, connection } = await setup();
    await connection.ask('true', limits);
    server.goSilent();
    const started = performance.now();
    await transport.close();
    expect(performance.now() - started).toBeLessThan(5000);
  });
});

describe('a server that allows few sessions', () => {
  test('one: questions and conversations take turns, also around a hanging one', async () => {
    const { server, connection } = await setup({ maxSessions: 1 });
    const answers = Promise.all(
      Array.from({ length: 5 }, async (_, index) => (await connection.ask(`echo q${index}`, limits)).stdout.toString()),
    );
    const talks = Promise.all(Array.from({ length: 5 }, (_, index) => converse(connection, `echo c${index}`)));
    expect(await answers).toEqual(['q0\n', 'q1\n', 'q2\n', 'q3\n', 'q4\n']);
    expect(await talks).toEqual(['c0\n', 'c1\n', 'c2\n', 'c3\n', 'c4\n']);
    await expect(connection.ask('sleep 60', { timeoutSeconds: 0.2 })).rejects.toMatchObject({ code: 'question-timed-out' });
    expect(await converse(connection, 'echo after')).toBe('after\n');
    expect(server.openSessions()).toBeLessThanOrEqual(1);
    expect(server.logins()).toBe(1);
  });

  test('three: twenty conversations and twenty questions at once are all served', async () => {
    const { connection } = await setup({ maxSessions: 3 });
    const talks = Array.from({ length: 20 }, (_, index) => converse(connection, `echo ${index}`));
    const answers = Array.from({ length: 20 }, async (_, index) =>
      (await connection.ask(`echo ${index}`, limits)).stdout.toString(),
    );
    expect(await Promise.all([...talks, ...answers])).toEqual(
      [...Array(20).keys(), ...Array(20).keys()].map((index) => `${index}\n`),
    );
  });

  test('none: told as what it is, nothing ran', async () => {
    const { connection } = await setup({ maxSessions: 0 });
    await expect(connection.ask('true', limits)).rejects.toMatchObject({ code: 'channel-refused', retryable: true });
    expect(connection.alive).toBe(false);
  });

  test('questions are answered while conversations take all the room they may', async () => {
    const { connection, server } = await setup({ maxSessions: 4 });
    await connection.ask('true', limits);
    const abort = new AbortController();
    const talks = Array.from({ length: 6 }, () =>
      connection
        .converse('sleep 60', { onStdout: () => undefined, onStderr: () => undefined }, { signal: abort.signal })
        .catch((error: unknown) => error),
    );
    await waitFor(() => server.openSessions() === 4);
    expect((await connection.ask('echo free', limits)).stdout.toString()).toBe('free\n');
    abort.abort();
    await Promise.all(talks);
  });
});

test('a server that takes no signals has the hanging question killed through another channel', async () => {
  const { server, connection } = await setup({ takesSignals: false });
  const { stdout } = await connection.ask('echo $$', limits);
  await expect(connection.ask('sleep 60', { timeoutSeconds: 0.2 })).rejects.toMatchObject({ code: 'question-timed-out' });
  await waitFor(() => server.commandLines().some((line) => line.includes(`kill -KILL -${Number(stdout.toString())}`)));
  await waitFor(() => server.openSessions() === 0);
  expect((await connection.ask('echo next', limits)).stdout.toString()).toBe('next\n');
});

test('many hanging questions in a row cost no more than their time', async () => {
  const { server, connection } = await setup();
  const hanging = Array.from({ length: 10 }, () => connection.ask('sleep 60', { timeoutSeconds: 0.1 }));
  const last = connection.ask('echo last', limits);
  const outcomes = await Promise.allSettled(hanging);
  expect(outcomes).toMatchObject(Array.from({ length: 10 }, () => ({ reason: { code: 'question-timed-out' } })));
  expect((await last).stdout.toString()).toBe('last\n');
  await waitFor(() => server.openSessions() === 1);
});

describe.each([['dash'], ['bash', '--posix'], ['busybox', 'sh']])('on a host whose sh is %s', (...sh) => {
  const missing = findProgram(sh[0] ?? '') === null;
  if (missing) console.warn(`skipping the tests on ${sh.join(' ')}: not installed`);

  test.skipIf(missing)('questions and conversations work the same', async () => {
    const { connection } = await setup({ sh });
    const scripts = ["echo 'open", 'exit 3', 'exec false', 'cat <<E\nx', 'echo a\\', 'set -e; false; echo no', 'cat; echo end'];
    const answers = await Promise.all(scripts.map((script) => connection.ask(script, limits)));
    expect(answers[1]?.exitCode).toBe(3);
    expect(answers[2]?.exitCode).toBe(1);
    expect(answers[3]?.stdout.toString()).toMatch(/^x/);
    expect(answers[5]?.stdout.toString()).toBe('');
    expect(answers[6]?.stdout.toString()).toBe('end\n');

    const every = Array.from({ length: 255 }, (_, index) => String.fromCodePoint(index + 1)).join('');
    const quoted = `'${every.replaceAll("'", "'\\''")}'`;
    expect((await connection.ask(`printf %s ${quoted}`, limits)).stdout.toString()).toBe(every);
    expect(await converse(connection, `printf %s ${quoted}`)).toBe(every);

    const input = Buffer.from(Array.from({ length: 100_000 }, (_, index) => (index * 31) & 0xff));
    const talk: Buffer[] = [];
    await connection.converse(
      '# first line\nIFS= read -r line; printf %s "$line"\ncat\n',
      { onStdout: (chunk) => void talk.push(chunk), onStderr: () => undefined },
      { input: Buffer.concat([Buffer.from('\\a\\\\ \n'), input]) },
    );
    expect(Buffer.concat(talk).equals(Buffer.concat([Buffer.from('\\a\\\\ '), input]))).toBe(true);
    expect(await converse(connection, '')).toBe('');
    expect(await converse(connection, `printf %s ${'x'.repeat(200_000)} | wc -c`)).toMatch(/^\s*200000\n$/);
  });
});

describe('connecting', () => {
  test('to a port where nothing listens is refused, and may be tried again', async () => {
    const { address, transport } = await setup();
    const port = await new Promise<number>((resolve) => {
      const server = createServer().listen(0, '127.0.0.1', () => {
        const bound = server.address();
        server.close(() => resolve(typeof bound === 'object' && bound !== null ? bound.port : 0));
      });
    });
    await expect(transport.connect({ ...address, port })).rejects.toMatchObject({
      code: 'connection-refused',
      retryable: true,
      exit: 4,
      message: `somebody@127.0.0.1:${port}: connection refused: nothing listens on port ${port}`,
    });
  });

  test('to a name that does not exist says so', async () => {
    const { address, transport } = await setup();
    await expect(transport.connect({ ...address, host: 'no-such-host.invalid' })).rejects.toMatchObject({
      code: 'name-not-found',
    });
  });

  test('to a server that accepts and says nothing ends at the time limit', async () => {
    const { transport, address } = await setup();
    const port = await listen(() => undefined);
    const started = performance.now();
    await expect(transport.connect({ ...address, port, connectTimeoutSeconds: 0.3 })).rejects.toMatchObject({
      code: 'connection-timed-out',
      retryable: true,
      message: expect.stringMatching(/connected, but the SSH handshake did not end within 0\.3 s/) as string,
    });
    expect(performance.now() - started).toBeLessThan(3000);
  });

  test.each([
    ['hangs up at once', (socket: Socket) => socket.end(), 'connection-lost-before-start', true],
    ['hangs up after its first line', (socket: Socket) => socket.end('SSH-2.0-x\r\n'), 'connection-lost-before-start', true],
    ['resets', (socket: Socket) => socket.resetAndDestroy(), 'connection-lost-before-start', true],
    ['speaks HTTP', (socket: Socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'), 'connection-lost-before-start', true],
    ['speaks SSH 1', (socket: Socket) => socket.end('SSH-1.5-old\r\n'), 'connection-lost-before-start', true],
  ])('to a server that %s is one clear error', async (_what, answer, code, retryable) => {
    const { transport, address } = await setup();
    const port = await listen(answer);
    await expect(transport.connect({ ...address, port })).rejects.toMatchObject({ code, retryable });
  });

  test('a failed dial is not kept: the next one may succeed', async () => {
    const { transport, address, server } = await setup();
    await expect(transport.connect({ ...address, user: 'other', knownHosts: '/dev/null' })).rejects.toMatchObject({
      code: 'host-key-unknown',
    });
    expect((await transport.connect({ ...address, user: 'other' })).alive).toBe(true);
    expect(server.logins()).toBe(2);
  });

  test('closing the transport ends a dial in progress', async () => {
    const { address } = await setup();
    const transport: Transport = createSshTransport({ environment: {} });
    const port = await listen(() => undefined);
    const dialling = transport.connect({ ...address, port });
    const outcome = expect(dialling).rejects.toMatchObject({ code: 'connection-given-up' });
    await transport.close();
    await outcome;
  });

  async function listen(answer: (socket: Socket) => unknown): Promise<number> {
    const sockets = new Set<Socket>();
    const server: Server = createServer((socket) => {
      sockets.add(socket);
      socket.on('error', () => undefined);
      answer(socket);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    undo.push(async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    });
    const bound = server.address();
    return typeof bound === 'object' && bound !== null ? bound.port : 0;
  }
});

test('a long life leaves no listeners behind', async () => {
  const warnings: Error[] = [];
  const note = (warning: Error) => void warnings.push(warning);
  process.on('warning', note);
  try {
    const { connection } = await setup();
    const signal = new AbortController().signal;
    for (let round = 0; round < 30; round++) {
      await connection.ask('true', limits);
      await connection.converse('true', { onStdout: () => undefined, onStderr: () => undefined }, { signal });
    }
    await new Promise((resolve) => setImmediate(resolve));
    expect(warnings.map((warning) => warning.message)).toEqual([]);
  } finally {
    process.off('warning', note);
  }
});

const marker = `fleet-${'0'.repeat(32)}`;

async function waitFor(condition: () => boolean): Promise<void> {
  const deadline = performance.now() + 10_000;
  while (!condition()) {
    if (performance.now() > deadline) throw new Error('it did not come to pass within 10 s');
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
