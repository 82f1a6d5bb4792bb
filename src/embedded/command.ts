import { spawn } from 'node:child_process';
import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import { constants } from 'node:os';
import type { Readable } from 'node:stream';
import type { ServerChannel } from 'ssh2';
import { systemCode } from '../errors.ts';
import { createChannelWriter } from './channel-writer.ts';
import type { ChannelWriter } from './channel-writer.ts';

export interface CommandStart {
  /** What `sh -c` runs; null: a shell that reads commands from its input. */
  command: string | null;
  cwd: string;
  environment: Record<string, string>;
}

export interface RunningCommand {
  signal(name: string): void;
  /** What closing the channel does: HUP to the command's own process group. What left for a session of its own lives on. */
  hangUp(): void;
}

/** How long a process that outlives the command may hold its output open, as seen by a client that waits for the end. */
const quietMs = 2_000;

/** Runs a command in a session and process group of its own, joined to `channel` until it ends or the channel does. */
export function runCommand(channel: ServerChannel, start: CommandStart, onEnd: () => void): RunningCommand {
  const child = spawn('/bin/sh', start.command === null ? [] : ['-c', start.command], {
    cwd: start.cwd,
    env: start.environment,
    detached: true,
  });
  const writer = createChannelWriter(channel);
  let running = child.pid !== undefined;

  const signalGroup = (name: NodeJS.Signals) => {
    if (!running || child.pid === undefined) return;
    try {
      process.kill(-child.pid, name);
    } catch (error) {
      if (systemCode(error) !== 'ESRCH') throw error;
    }
  };
  const hangUp = () => {
    writer.close();
    signalGroup('SIGHUP');
    running = false;
    for (const stream of [child.stdin, child.stdout, child.stderr]) stream.destroy();
    channel.resume();
  };

  feedInput(channel, child);
  const outputs = [forward(child.stdout, writer, 'stdout'), forward(child.stderr, writer, 'stderr')];
  child.once('exit', (code, signal) => {
    running = false;
    sayExit(channel, code, signal);
    void settle(outputs, writer).then(() => {
      hangUp();
      channel.end();
      onEnd();
    });
  });
  child.once('error', (error) => {
    void writer.write('stderr', Buffer.from(`cannot start /bin/sh: ${error.message}\n`)).then(() => {
      channel.exit(255);
      channel.end();
      onEnd();
    });
  });
  // ssh2 holds back the channel's own `close` while input lies unread, so the ends of its writing halves count too.
  channel.once('close', hangUp);
  channel.once('finish', hangUp);
  channel.stderr.once('finish', hangUp);

  return {
    signal: (name) => {
      const known = `SIG${name.replace(/^SIG/, '')}`;
      if (isSignal(known)) signalGroup(known);
    },
    hangUp,
  };
}

function feedInput(channel: ServerChannel, child: ChildProcessWithoutNullStreams): void {
  channel.pipe(child.stdin);
  // EPIPE: the command ended or closed its input. What the client still sends is read and dropped, as it must be for the channel to end.
  child.stdin.on('error', () => {
    channel.unpipe(child.stdin);
    channel.resume();
  });
}

function forward(source: Readable, writer: ChannelWriter, name: 'stdout' | 'stderr'): Promise<void> {
  return new Promise((resolve) => {
    source.on('data', (chunk: Buffer) => {
      source.pause();
      void writer.write(name, chunk).then(() => source.resume());
    });
    source.once('error', () => resolve());
    source.once('close', () => resolve());
  });
}

/** Until both outputs are at their end, or nothing has come for a while although the client takes what it is sent. */
async function settle(outputs: Promise<void>[], writer: ChannelWriter): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const quiet = new Promise<void>((resolve) => {
    timer = setInterval(() => {
      if (writer.idleMs() >= quietMs) resolve();
    }, 50);
  });
  await Promise.race([Promise.all(outputs), quiet]);
  clearInterval(timer);
}

/** The signals that RFC 4254 names; any other is told as a shell would tell it. */
const named = new Set(['ABRT', 'ALRM', 'FPE', 'HUP', 'ILL', 'INT', 'KILL', 'PIPE', 'QUIT', 'SEGV', 'TERM', 'USR1', 'USR2']);

function sayExit(channel: ServerChannel, code: number | null, signal: NodeJS.Signals | null): void {
  if (signal === null) channel.exit(code ?? 255);
  else if (named.has(signal.slice(3))) channel.exit(signal.slice(3));
  else channel.exit(128 + constants.signals[signal]);
}

function isSignal(name: string): name is NodeJS.Signals {
  return Object.hasOwn(constants.signals, name);
}
