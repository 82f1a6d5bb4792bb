import { randomBytes } from 'node:crypto';
import type { ClientChannel } from 'ssh2';
import type { Clock } from '../clock.ts';
import type { ChannelPurpose, Channels } from './channels.ts';
import { ConnectionFailed } from './failures.ts';
import { FrameReader } from './frame-reader.ts';
import { startTimer } from './time-limit.ts';
import type { Ended } from './transport.ts';

/** What comes from a `sh` after its first line, and how it ends. Without `exited`, `closed` means that it was cut off. */
export interface ShellListener {
  stdout(chunk: Buffer): void;
  stderr(chunk: Buffer): void;
  exited(ended: Ended): void;
  closed(): void;
}

export interface ShellRequest {
  purpose: ChannelPurpose;
  /** What the `sh` does after its first line; one line of sh, without single quotes. */
  program: string;
  marker: string;
  listener: ShellListener;
  signal?: AbortSignal;
}

export interface RemoteShellContext {
  channels: Channels;
  who: string;
  clock: Clock;
  greetingLimitMs: number;
}

/** A `/bin/sh` on the host that has said its first line: what is written now reaches it, and nothing else. */
export interface RemoteShell {
  write(bytes: string | Buffer): void;
  endInput(): void;
  /** Ends the whole process group, and gives the channel back however the host takes it. */
  abandon(signal: 'KILL' | 'HUP'): void;
  /** Closes the channel of a `sh` that is over. */
  close(): void;
}

const mostNoiseBytes = 1024 * 1024;
const giveBackAfterMs = 5_000;

/** A word that no output holds by chance. */
export function createMarker(): string {
  return `fleet-${randomBytes(16).toString('hex')}`;
}

/**
 * Opens a channel and waits for the first line of our own `sh`, on stdout and on stderr: before it, a login shell may print what it likes,
 * and nothing is sent that it could read. Fails with a ConnectionFailed: nothing ran.
 */
export function openShell(context: RemoteShellContext, request: ShellRequest): Promise<RemoteShell> {
  return new Promise((resolve, reject) => {
    const onAbort = () => {
      withdraw();
      reject(abortReason(request.signal));
    };
    if (request.signal?.aborted) {
      reject(abortReason(request.signal));
      return;
    }
    request.signal?.addEventListener('abort', onAbort, { once: true });
    const withdraw = context.channels.request({
      purpose: request.purpose,
      commandLine: writeCommandLine(request.marker, request.program),
      opened: (channel, giveBack) => {
        request.signal?.removeEventListener('abort', onAbort);
        greet(context, request, channel, giveBack, resolve, reject);
      },
      refused: (error) => {
        request.signal?.removeEventListener('abort', onAbort);
        reject(error);
      },
    });
  });
}

/**
 * Runs through the login shell, whichever it is, so: `exec` and one word in single quotes. The marker goes in two halves: a shell that
 * echoes its command line does not look like our first line.
 */
function writeCommandLine(marker: string, program: string): string {
  const halves = `${marker.slice(0, 16)} ${marker.slice(16)}`;
  return `exec /bin/sh -c 'printf "%s%s %s\\n" ${halves} $$; printf "%s%s %s\\n" ${halves} $$ >&2; ${program}'`;
}

function greet(
  context: RemoteShellContext,
  request: ShellRequest,
  channel: ClientChannel,
  giveBack: () => void,
  resolve: (shell: RemoteShell) => void,
  reject: (error: Error) => void,
): void {
  const { listener } = request;
  const stdout = new FrameReader(request.marker);
  const stderr = new FrameReader(request.marker);
  const tail = new OutputTail();
  let pid: string | null = null;
  let stderrGreeted = false;
  let phase: 'greeting' | 'open' | 'over' = 'greeting';
  let exit: Ended | null = null;

  const shell = wrapChannel(context, channel, giveBack, () => pid);
  const fail = (error: Error) => {
    if (phase !== 'greeting') return;
    phase = 'over';
    cleanUp();
    shell.abandon('KILL');
    reject(error);
  };
  const failLogin = (what: string, retryable: boolean) => fail(loginShellFailure(context.who, what, retryable, tail.text()));
  const onAbort = () => fail(abortReason(request.signal));
  const cancelTimer = startTimer(context.clock, context.greetingLimitMs, () =>
    failLogin(`did not come to our first line in ${context.greetingLimitMs / 1000} s`, true),
  );
  const cleanUp = () => {
    cancelTimer();
    request.signal?.removeEventListener('abort', onAbort);
  };
  request.signal?.addEventListener('abort', onAbort, { once: true });

  const greetIfReady = () => {
    if (pid === null || !stderrGreeted) return;
    phase = 'open';
    cleanUp();
    resolve(shell);
    deliver(stdout.takeRest(), (rest) => listener.stdout(rest));
    deliver(stderr.takeRest(), (rest) => listener.stderr(rest));
  };
  const receive = (reader: FrameReader, chunk: Buffer, greeted: (words: string[]) => void) => {
    tail.add(chunk);
    const [first] = reader.push(chunk);
    if (first !== undefined) {
      greeted(first.words);
      greetIfReady();
    } else if (reader.pendingBytes > mostNoiseBytes) {
      failLogin(`printed more than ${mostNoiseBytes / 1024 / 1024} MiB before our first line`, false);
    }
  };
  channel.on('data', (chunk: Buffer) => {
    if (phase === 'open') listener.stdout(chunk);
    else if (phase === 'greeting') receive(stdout, chunk, ([word]) => (pid = word ?? ''));
  });
  channel.stderr.on('data', (chunk: Buffer) => {
    if (phase === 'open') listener.stderr(chunk);
    else if (phase === 'greeting') receive(stderr, chunk, () => (stderrGreeted = true));
  });
  channel.on('exit', (exitCode: number | null, signal?: string) => {
    exit = { exitCode, signal: signal ?? null };
    if (phase === 'open') listener.exited(exit);
  });
  const onClosed = () => {
    if (phase === 'open') {
      phase = 'over';
      listener.closed();
    } else if (exit === null) {
      fail(lostBeforeStart(context.who));
    } else {
      failLogin(`ended before our first line (${describeEnd(exit)})`, false);
    }
  };
  channel.once('close', () => {
    if (channel.stderr.readableEnded) onClosed();
    else channel.stderr.once('end', onClosed);
  });
}

function wrapChannel(
  context: RemoteShellContext,
  channel: ClientChannel,
  giveBack: () => void,
  pid: () => string | null,
): RemoteShell {
  let abandoned = false;
  return {
    write: (bytes) => void channel.write(bytes),
    endInput: () => void channel.end(),
    close: () => channel.close(),
    abandon: (signal) => {
      if (abandoned) return;
      abandoned = true;
      const cancelTimer = startTimer(context.clock, giveBackAfterMs, giveBack);
      channel.once('close', cancelTimer);
      channel.signal(signal);
      killGroup(context, signal, pid());
      channel.close();
    },
  };
}

/** sshd before 7.9, or of a root login, takes no signal from us: the group, which is the session that sshd made, is told through another channel. */
function killGroup({ channels }: RemoteShellContext, signal: string, pid: string | null): void {
  if (pid === null || !/^[1-9][0-9]*$/.test(pid) || !channels.hasRoom) return;
  channels.request({
    purpose: 'questions',
    commandLine: `exec /bin/sh -c 'kill -${signal} -${pid}'`,
    opened: (channel) => {
      channel.resume();
      channel.stderr.resume();
      channel.end();
    },
    refused: () => undefined,
  });
}

function deliver(rest: Buffer, to: (chunk: Buffer) => void): void {
  if (rest.length > 0) to(rest);
}

function abortReason(signal: AbortSignal | undefined): Error {
  const reason: unknown = signal?.reason;
  return reason instanceof Error ? reason : new Error('given up before it began', { cause: reason });
}

function describeEnd({ exitCode, signal }: Ended): string {
  return signal === null ? `exit ${exitCode}` : `killed by ${signal}`;
}

export function lostBeforeStart(who: string, cause?: unknown): ConnectionFailed {
  return new ConnectionFailed(`${who}: the connection was lost before anything was sent`, {
    code: 'connection-lost-before-start',
    retryable: true,
    cause,
  });
}

function loginShellFailure(who: string, what: string, retryable: boolean, output: string): ConnectionFailed {
  const said = output === '' ? 'it printed nothing' : `its last output: "${output}"`;
  return new ConnectionFailed(`${who}: the login shell ${what}; ${said}`, {
    code: 'login-shell',
    retryable,
    suggestions: [
      `look at what its start files do when nobody types (.bashrc, config.fish, .cshrc): ssh ${who.replace(/:(\d+)$/, '')} true`,
      'let them return early unless the shell is interactive',
    ],
  });
}

/** The end of what was printed, in one line, for messages. */
class OutputTail {
  #bytes = Buffer.alloc(0);

  add(chunk: Buffer): void {
    this.#bytes = Buffer.concat([this.#bytes, chunk.subarray(-300)]).subarray(-300);
  }

  text(): string {
    return this.#bytes
      .toString('utf8')
      .replace(/[\x00-\x1f\x7f]+/g, ' ')
      .trim();
  }
}
