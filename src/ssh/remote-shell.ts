import { randomBytes } from 'node:crypto';
import type { Clock } from '../clock.ts';
import type { ChannelPurpose, Channels } from './channels.ts';
import { Greeting } from './greeting.ts';
import { ShellChannel, type ShellListener } from './shell-channel.ts';
import { startTimer } from './time-limit.ts';

export interface RemoteShellContext {
  channels: Channels;
  /** `user@host:port`. */
  who: string;
  clock: Clock;
  greetingLimitMs: number;
}

interface ShellRequest {
  purpose: ChannelPurpose;
  /** What the `sh` does after its first line; one line of sh, without single quotes. */
  program: string;
  marker: string;
  listener: ShellListener;
  signal?: AbortSignal | undefined;
}

/** A word that no output holds by chance. */
export function createMarker(): string {
  return `fleet-${randomBytes(16).toString('hex')}`;
}

/**
 * A `/bin/sh` on the host that has said its first line: what is written from now on reaches it, and nothing else. Before, nothing is sent
 * that a login shell could read. Fails with a ConnectionFailed, or with the reason of `signal`: nothing ran.
 */
export function openShell(context: RemoteShellContext, request: ShellRequest): Promise<ShellChannel> {
  return new Promise((resolve, reject) => {
    let shell: ShellChannel | null = null;
    let cancelTimer: () => void = () => undefined;
    const settle = () => {
      cancelTimer();
      request.signal?.removeEventListener('abort', onAbort);
    };
    const fail = (error: Error) => {
      settle();
      withdraw();
      shell?.abandon('KILL');
      reject(error);
    };
    const onAbort = () => fail(explainAbort(request.signal));
    const greeting = new Greeting(
      context.who,
      request.marker,
      ({ pid, stdout, stderr }) => {
        if (shell === null) return;
        settle();
        shell.pid = pid;
        shell.listener = request.listener;
        resolve(shell);
        if (stdout.length > 0) request.listener.stdout(stdout);
        if (stderr.length > 0) request.listener.stderr(stderr);
      },
      fail,
    );
    let withdraw: () => void = () => undefined;
    if (request.signal?.aborted === true) {
      fail(explainAbort(request.signal));
      return;
    }
    request.signal?.addEventListener('abort', onAbort, { once: true });
    withdraw = context.channels.request({
      purpose: request.purpose,
      commandLine: writeCommandLine(request.marker, request.program),
      opened: (channel, giveBack) => {
        shell = new ShellChannel(channel, giveBack, context.channels, context.clock, greeting);
        if (request.signal?.aborted === true) fail(explainAbort(request.signal));
        else
          cancelTimer = startTimer(context.clock, context.greetingLimitMs, () =>
            greeting.timedOut(context.greetingLimitMs / 1000),
          );
      },
      refused: fail,
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

function explainAbort(signal: AbortSignal | undefined): Error {
  const reason: unknown = signal?.reason;
  return reason instanceof Error ? reason : new Error('given up before it began', { cause: reason });
}
