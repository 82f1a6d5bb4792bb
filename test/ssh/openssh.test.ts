import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { createSshTransport } from '../../src/ssh/ssh-transport.ts';
import type { Connection, SshAddress, Transport } from '../../src/ssh/transport.ts';
import { explainMissingShell, explainMissingSshd, startSshd, type Sshd, type SshdOptions } from '../support/sshd.ts';

const limits = { timeoutSeconds: 20 };
const undo: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const act of undo.splice(0).reverse()) await act();
});

describe.skipIf(explainMissingSshd() !== null)('over OpenSSH', () => {
  let sshd: Sshd;
  let transport: Transport;
  let connection: Connection;

  beforeAll(async () => {
    sshd = await startSshd();
    transport = createSshTransport({ environment: {} });
    connection = await transport.connect(sshd.address);
  });
  afterAll(async () => {
    await transport.close();
    await sshd.stop();
  });

  async function askText(script: string): Promise<string> {
    return (await connection.ask(script, limits)).stdout.toString();
  }

  test('an answer has its exit code, its stdout and its stderr apart', async () => {
    const answer = await connection.ask('echo out; echo err >&2; exit 3', limits);
    expect({ ...answer, stdout: answer.stdout.toString(), stderr: answer.stderr.toString() }).toMatchObject({
      exitCode: 3,
      stdout: 'out\n',
      stderr: 'err\n',
    });
    expect(answer.seconds).toBeGreaterThan(0);
  });

  test('output without a last newline comes back without one, and silence as nothing', async () => {
    expect(await askText("printf 'no newline'")).toBe('no newline');
    expect(await askText(':')).toBe('');
  });

  test('nothing in a script breaks the answers after it', async () => {
    const scripts = [
      "echo 'unbalanced",
      'echo "unbalanced',
      'cat <<END\nno end of this',
      'exit 9',
      'exec sh -c "exit 4"',
      'exec >/dev/null 2>&1',
      'cd /; umask 0; set -e; false',
      '# a comment at the end',
      'echo a backslash at the end \\',
      ')',
      '}; fi; done; esac',
      'set -v; set -x; echo traced',
      "trap 'echo bye' EXIT; exit 5",
      'return 3',
      'alias echo=false; echo() { :; }; printf() { :; }; PATH=',
      'exec 0<&- 1>&- 2>&-',
      'break; continue; shift 99; unset PATH HOME',
      'echo \u{1F600} ä \u0081\u0088 \t \r x',
      '',
      '\n\n',
      "kill -9 $(exec sh -c 'echo $PPID')",
    ];
    const answers = await Promise.all(
      scripts.flatMap((script, index) => [connection.ask(script, limits), connection.ask(`echo ${index}; pwd; umask`, limits)]),
    );
    const after = answers.filter((_answer, index) => index % 2 === 1).map((answer) => answer.stdout.toString());
    const where = await askText('pwd; umask');
    expect(after).toEqual(scripts.map((_script, index) => `${index}\n${where}`));
    expect(answers[6]?.exitCode).toBe(9);
    expect(answers[8]?.exitCode).toBe(4);
    expect(answers[24]).toMatchObject({ exitCode: 5, stdout: Buffer.from('bye\n') });
    expect(answers[34]?.stdout.toString()).toBe('\u{1F600} ä \u0081\u0088 \r x\n');
    expect(answers[40]?.exitCode).toBe(137);
  });

  test('questions asked at once are answered each with its own', async () => {
    const answers = await Promise.all(
      Array.from({ length: 200 }, (_, index) =>
        connection.ask(`printf ${index}; printf e${index} >&2; exit ${index % 120}`, limits),
      ),
    );
    expect(answers.map(({ exitCode, stdout, stderr }) => [exitCode, stdout.toString(), stderr.toString()])).toEqual(
      Array.from({ length: 200 }, (_, index) => [index % 120, String(index), `e${index}`]),
    );
  });

  test('bytes of every value come back as they are', async () => {
    const bytes = Buffer.from(Array.from({ length: 256 }, (_, value) => value));
    const script = `printf '${[...bytes].map((value) => `\\${value.toString(8).padStart(3, '0')}`).join('')}'`;
    expect((await connection.ask(script, limits)).stdout).toEqual(bytes);
  });

  test('three megabytes on stdout and on stderr come back whole', async () => {
    const answer = await connection.ask('head -c 3000000 /dev/zero; head -c 3000000 /dev/zero >&2', limits);
    expect([answer.stdout, answer.stderr].map((bytes) => bytes.equals(Buffer.alloc(3_000_000)))).toEqual([true, true]);
  });

  test('a script of a megabyte arrives whole', async () => {
    expect(await askText(`x='${"it'\\''s ".repeat(125_000)}'; printf %s "\${#x}"`)).toBe(String(5 * 125_000));
  });

  test('a script that reads finds the end at once', async () => {
    expect(await askText('cat; read line || echo end')).toBe('end\n');
  });

  test('a NUL byte is refused, and the next question answered', async () => {
    await expect(connection.ask('echo \0', limits)).rejects.toThrow(/NUL/);
    await expect(connection.converse('echo \0', { onStdout: ignore, onStderr: ignore })).rejects.toThrow(/NUL/);
    expect(await askText('echo next')).toBe('next\n');
  });

  test('a hanging question is killed with its children, and those behind it are answered', async () => {
    const pidFile = join(sshd.home, 'hanging.pid');
    const hanging = connection.ask(`sleep 1000 & echo $! > ${pidFile}; sleep 1000`, { timeoutSeconds: 0.5 });
    const behind = [connection.ask('echo one', { timeoutSeconds: 5 }), connection.ask('echo two', { timeoutSeconds: 5 })];
    await expect(hanging).rejects.toMatchObject({ code: 'question-timed-out', timeoutSeconds: 0.5 });
    expect((await Promise.all(behind)).map((answer) => answer.stdout.toString())).toEqual(['one\n', 'two\n']);
    const pid = readFileSync(pidFile, 'utf8').trim();
    expect(
      await askText(
        `n=0; while [ -d /proc/${pid} ] && [ $n -lt 100 ]; do n=$((n+1)); sleep 0.05; done; [ -d /proc/${pid} ] || echo gone`,
      ),
    ).toBe('gone\n');
    expect(connection.alive).toBe(true);
  });

  test('the time limit counts from the head of the queue', async () => {
    const answers = await Promise.all(
      Array.from({ length: 6 }, () => connection.ask('sleep 0.2; echo done', { timeoutSeconds: 1 })),
    );
    expect(answers.map((answer) => answer.stdout.toString())).toEqual(Array.from({ length: 6 }, () => 'done\n'));
  });

  test.each(['stdout', 'stderr'])('an answer that never ends on %s is cut off at its bound', async (stream) => {
    const redirect = stream === 'stderr' ? '>&2' : '';
    const flood = connection.ask(`cat /dev/zero ${redirect}`, { timeoutSeconds: 20, maxBytes: 100_000 });
    const behind = connection.ask('echo next', limits);
    await expect(flood).rejects.toMatchObject({ code: 'answer-too-long' });
    expect((await behind).stdout.toString()).toBe('next\n');
  });

  test('an answer of exactly the bound is not too long', async () => {
    expect((await connection.ask('head -c 1000 /dev/zero', { timeoutSeconds: 5, maxBytes: 1000 })).stdout).toHaveLength(1000);
    await expect(connection.ask('head -c 1001 /dev/zero', { timeoutSeconds: 5, maxBytes: 1000 })).rejects.toMatchObject({
      code: 'answer-too-long',
    });
  });

  test('a question that kills the shell is unknown, and the next one answered', async () => {
    const killer = connection.ask('kill -9 $$; sleep 5', limits);
    const behind = connection.ask('echo next', limits);
    await expect(killer).rejects.toMatchObject({ code: 'outcome-unknown' });
    expect((await behind).stdout.toString()).toBe('next\n');
  });

  test('scripts are on no argument list', async () => {
    const look = "for f in /proc/[0-9]*/cmdline; do tr '\\0' ' ' < $f; echo; done 2>/dev/null";
    expect(await askText(`: canary-42; ${look}`)).not.toContain('canary-42');
    const { stdout } = await converse(connection, `: canary-43; ${look}`);
    expect(stdout.length).toBeGreaterThan(100);
    expect(stdout.toString()).not.toContain('canary-43');
    const { stdout: environment } = await converse(connection, 'canary_44=; env');
    expect(environment.toString()).not.toContain('canary_44');
  });

  test('a conversation streams both outputs and ends with the exit code', async () => {
    const { ended, stdout, stderr } = await converse(connection, 'echo out\necho err >&2\nexit 7');
    expect({ ended, stdout: stdout.toString(), stderr: stderr.toString() }).toEqual({
      ended: { exitCode: 7, signal: null },
      stdout: 'out\n',
      stderr: 'err\n',
    });
  });

  test('a conversation that a signal ended names it', async () => {
    expect((await converse(connection, 'kill -9 $$')).ended).toEqual({ exitCode: null, signal: 'SIGKILL' });
  });

  test('input reaches the script byte by byte, whatever it holds', async () => {
    const bytes = Buffer.from(Array.from({ length: 300_000 }, (_, index) => (index * 7 + (index >> 8)) & 0xff));
    const { stdout } = await converse(
      connection,
      'IFS= read -r first; printf "%s\\n" "$first"; cat',
      Buffer.concat([Buffer.from(' first line \\n\n'), bytes]),
    );
    expect(stdout.equals(Buffer.concat([Buffer.from(' first line \\n\n'), bytes]))).toBe(true);
  });

  test('empty input, and none, are the end at once', async () => {
    expect((await converse(connection, 'cat; echo end', Buffer.alloc(0))).stdout.toString()).toBe('end\n');
    expect((await converse(connection, 'cat; echo end')).stdout.toString()).toBe('end\n');
  });

  test('a conversation whose child keeps the output open ends with the script', async () => {
    const started = performance.now();
    const { ended, stdout } = await converse(connection, 'sleep 30 & echo $!; exit 2');
    expect(ended.exitCode).toBe(2);
    expect(performance.now() - started).toBeLessThan(10_000);
    await connection.ask(`kill ${Number(stdout.toString())}`, limits);
  });

  test('aborting a conversation ends its group and leaves a session of its own alone', async () => {
    const abort = new AbortController();
    let seen = '';
    const talk = connection.converse(
      'setsid sleep 60 </dev/null >/dev/null 2>&1 & echo "$! $$"; sleep 60',
      {
        onStdout: (chunk) => {
          seen += chunk.toString();
          if (seen.includes('\n')) abort.abort();
        },
        onStderr: ignore,
      },
      { signal: abort.signal },
    );
    await expect(talk).rejects.toMatchObject({ code: 'outcome-unknown' });
    const [own, script] = seen.trim().split(' ');
    expect(
      await askText(
        `n=0; while [ -d /proc/${script} ] && [ $n -lt 100 ]; do n=$((n+1)); sleep 0.05; done; [ -d /proc/${script} ] || echo gone; kill ${own} && echo lived`,
      ),
    ).toBe('gone\nlived\n');
  });

  test('a conversation given up before it began does not begin', async () => {
    const file = join(sshd.home, 'begun');
    await expect(
      connection.converse(`touch ${file}`, { onStdout: ignore, onStderr: ignore }, { signal: AbortSignal.abort() }),
    ).rejects.toThrow();
    await connection.ask(':', limits);
    expect(existsSync(file)).toBe(false);
  });

  test('twenty conversations at once all end', async () => {
    const talks = await Promise.all(Array.from({ length: 20 }, (_, index) => converse(connection, `sleep 0.05; echo ${index}`)));
    expect(talks.map((talk) => talk.stdout.toString())).toEqual(Array.from({ length: 20 }, (_, index) => `${index}\n`));
  });

  test('those who connect at once share one connection', async () => {
    const other = createSshTransport({ environment: {} });
    try {
      const connections = await Promise.all(Array.from({ length: 5 }, () => other.connect(sshd.address)));
      expect(new Set(connections).size).toBe(1);
      expect(await other.connect(sshd.address)).toBe(connections[0]);
    } finally {
      await other.close();
    }
  });

  test('after close nothing is alive, and a new connection is not made', async () => {
    const other = createSshTransport({ environment: {} });
    const closed = await other.connect(sshd.address);
    await other.close();
    expect(closed.alive).toBe(false);
    await expect(closed.ask('true', limits)).rejects.toMatchObject({ code: 'connection-lost-before-start' });
    await expect(other.connect(sshd.address)).rejects.toMatchObject({ code: 'connection-given-up' });
  });

  test('the agent lets one in', async () => {
    const agent = await startAgent(sshd);
    const other = createSshTransport({ environment: { SSH_AUTH_SOCK: agent.socket } });
    try {
      const byAgent = await other.connect({ ...sshd.address, keys: [], agent: true });
      expect((await byAgent.ask('echo in', limits)).stdout.toString()).toBe('in\n');
    } finally {
      await other.close();
      await agent.stop();
    }
  });
});

describe.skipIf(explainMissingSshd() !== null)('where sshd allows one session', () => {
  test('questions and conversations take turns', async () => {
    const sshd = await startForTest({ settings: ['MaxSessions 1'] });
    const connection = await connectTo(sshd.address);
    const said = await Promise.all([
      connection.ask('echo 1', limits).then((answer) => answer.stdout),
      converse(connection, 'cat', Buffer.from('2\n')).then((talk) => talk.stdout),
      converse(connection, 'echo 3').then((talk) => talk.stdout),
      connection.ask('echo 4', limits).then((answer) => answer.stdout),
    ]);
    expect(said.map((bytes) => bytes.toString())).toEqual(['1\n', '2\n', '3\n', '4\n']);
    const hanging = connection.ask('sleep 1000', { timeoutSeconds: 0.3 });
    const behind = connection.ask('echo 5', limits);
    await expect(hanging).rejects.toMatchObject({ code: 'question-timed-out' });
    expect((await behind).stdout.toString()).toBe('5\n');
    expect((await converse(connection, 'echo 6')).stdout.toString()).toBe('6\n');
  });
});

describe.skipIf(explainMissingSshd() !== null)('a login shell', () => {
  const noisy = 'echo noise; echo more noise >&2; printf "no newline"\n';
  const cases: [string, string, Record<string, string>][] = [
    ['dash', '/usr/bin/dash', {}],
    ['bash that prints in its .bashrc', '/bin/bash', { '.bashrc': noisy }],
    ['bash that traces every command', '/bin/bash', { '.bashrc': 'set -vx\n' }],
    ['fish that prints in its config', '/usr/bin/fish', { '.config/fish/config.fish': 'echo noise; echo noise >&2\n' }],
  ];

  for (const [name, shell, files] of cases) {
    test.skipIf(explainMissingShell(shell) !== null)(`${name} does not get in the way`, async () => {
      await withUser(shell, files, async (connection) => {
        const answer = await connection.ask('echo hello; echo err >&2', limits);
        expect([answer.stdout.toString(), answer.stderr.toString()]).toEqual(['hello\n', 'err\n']);
        const talk = await converse(connection, "printf '%s' \"it's\"; cat", Buffer.from('\\n $HOME'));
        expect([talk.stdout.toString(), talk.stderr.toString()]).toEqual(["it's\\n $HOME", '']);
        await expect(connection.ask('sleep 1000', { timeoutSeconds: 0.3 })).rejects.toMatchObject({ code: 'question-timed-out' });
        expect((await connection.ask('echo next', limits)).stdout.toString()).toBe('next\n');
      });
    });
  }

  const failing: [string, string, RegExp][] = [
    [
      'exits in its .bashrc',
      'echo go away; exit 3\n',
      /^fleet-t-\w+@127\.0\.0\.1:\d+: the login shell ended before our first line \(exit 3\); its last output: "go away"$/,
    ],
    ['succeeds in its .bashrc', 'exit 0\n', /ended before our first line \(exit 0\); it printed nothing/],
    ['becomes another program in its .bashrc', 'exec true\n', /ended before our first line \(exit 0\)/],
  ];
  for (const [name, bashrc, message] of failing) {
    test.skipIf(explainMissingShell('/bin/bash') !== null)(`bash that ${name} is one clear error, and nothing runs`, async () => {
      await withUser('/bin/bash', { '.bashrc': bashrc }, async (connection) => {
        await expect(connection.ask('touch ran', limits)).rejects.toMatchObject({
          code: 'login-shell',
          retryable: false,
          message: expect.stringMatching(message) as string,
        });
        await expect(converse(connection, 'touch ran', Buffer.from('touch ran\n'))).rejects.toMatchObject({
          code: 'login-shell',
        });
      });
    });
  }

  test.skipIf(explainMissingShell('/bin/bash') !== null)('bash that reads in its .bashrc gets nothing to read', async () => {
    const files = { '.bashrc': 'read line; echo "$line" > stolen\n' };
    await withUser(
      '/bin/bash',
      files,
      async (connection, sshd) => {
        await expect(connection.ask('echo secret', limits)).rejects.toMatchObject({ code: 'login-shell', retryable: true });
        expect(readIfThere(join(sshd.home, 'stolen'))).not.toContain('secret');
      },
      { connectTimeoutSeconds: 1 },
    );
  });

  test.skipIf(explainMissingShell('/bin/bash') !== null)('bash that prints without end is given up', async () => {
    await withUser('/bin/bash', { '.bashrc': 'while :; do echo spam; done\n' }, async (connection) => {
      await expect(connection.ask('true', limits)).rejects.toMatchObject({
        code: 'login-shell',
        message: expect.stringMatching(/more than 1 MiB/) as string,
      });
    });
  });

  test.skipIf(explainMissingShell('/usr/sbin/nologin') !== null)('nologin is told with what it says', async () => {
    await withUser('/usr/sbin/nologin', {}, async (connection) => {
      await expect(connection.ask('true', limits)).rejects.toMatchObject({
        code: 'login-shell',
        message: expect.stringMatching(/not available/) as string,
      });
    });
  });

  async function withUser(
    shell: string,
    files: Record<string, string>,
    act: (connection: Connection, sshd: Sshd) => Promise<void>,
    settings: Partial<SshAddress> = {},
  ) {
    const sshd = await startForTest({ shell, files });
    await act(await connectTo({ ...sshd.address, ...settings }), sshd);
  }
});

/** Ended after the test, also when it fails or takes too long. */
async function startForTest(options: SshdOptions): Promise<Sshd> {
  const sshd = await startSshd(options);
  undo.push(() => sshd.stop());
  return sshd;
}

async function connectTo(address: SshAddress): Promise<Connection> {
  const transport = createSshTransport({ environment: {} });
  undo.push(() => transport.close());
  return transport.connect(address);
}

function ignore(): void {
  return;
}

function readIfThere(file: string): string {
  return existsSync(file) ? readFileSync(file, 'utf8') : '';
}

async function converse(connection: Connection, script: string, input?: Buffer) {
  const stdout: Buffer[] = [];
  const stderr: Buffer[] = [];
  const streams = { onStdout: (chunk: Buffer) => void stdout.push(chunk), onStderr: (chunk: Buffer) => void stderr.push(chunk) };
  const ended = await connection.converse(script, streams, input === undefined ? {} : { input });
  return { ended, stdout: Buffer.concat(stdout), stderr: Buffer.concat(stderr) };
}

async function startAgent(sshd: Sshd): Promise<{ socket: string; stop: () => Promise<void> }> {
  const socket = join(sshd.folder, 'agent');
  const agent = spawn('ssh-agent', ['-D', '-a', socket], { stdio: ['ignore', 'pipe', 'ignore'] });
  const ended = new Promise((resolve) => agent.once('exit', resolve));
  await new Promise((resolve) => agent.stdout.once('data', resolve));
  const add = spawn('ssh-add', ['-q', sshd.keyFile], { env: { ...process.env, SSH_AUTH_SOCK: socket }, stdio: 'ignore' });
  expect(await new Promise((resolve) => add.once('exit', resolve))).toBe(0);
  return {
    socket,
    stop: async () => {
      agent.kill();
      await ended;
    },
  };
}
