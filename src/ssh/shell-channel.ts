import type { ClientChannel } from 'ssh2';
import type { Clock } from '../clock.ts';
import type { Channels } from './channels.ts';
import { startTimer } from './time-limit.ts';
import type { Ended } from './transport.ts';

/** What comes from a command on the host, and how it ended: null when it was cut off and the end is not known. */
export interface ShellListener {
  stdout(chunk: Buffer): void;
  stderr(chunk: Buffer): void;
  ended(end: Ended | null): void;
}

/** sshd tells of the exit at once, but closes the channel only when the last child has let go of the output. */
const quietMs = 500;
const mostWaitMs = 5_000;
const giveBackAfterMs = 5_000;
/** For the host to close the channel of a killed command. */
const patienceMs = 300;

/** A channel that runs a command, and what can be done to it. */
export class ShellChannel {
  listener: ShellListener;
  /** Of the process that leads the command's group, once it has said so. */
  pid: number | null = null;
  readonly #channel: ClientChannel;
  readonly #channels: Channels;
  readonly #clock: Clock;
  readonly #giveBack: () => void;
  #exit: Ended | null = null;
  #isOver = false;
  #isAbandoned = false;
  #cancelQuiet: () => void = () => undefined;
  #cancelWait: () => void = () => undefined;

  constructor(channel: ClientChannel, giveBack: () => void, channels: Channels, clock: Clock, listener: ShellListener) {
    this.#channel = channel;
    this.#giveBack = giveBack;
    this.#channels = channels;
    this.#clock = clock;
    this.listener = listener;
    channel.on('data', (chunk: Buffer) => this.#receive(() => this.listener.stdout(chunk)));
    channel.stderr.on('data', (chunk: Buffer) => this.#receive(() => this.listener.stderr(chunk)));
    channel.on('exit', (exitCode: number | null, signal?: string) => this.#exited({ exitCode, signal: signal ?? null }));
    channel.once('close', () => {
      if (channel.stderr.readableEnded) this.#finish();
      else channel.stderr.once('end', () => this.#finish());
    });
  }

  write(bytes: string | Buffer): void {
    this.#channel.write(bytes);
  }

  endInput(): void {
    this.#channel.end();
  }

  /** Ends the whole process group, and gives the channel back however the host takes it. Nothing more is heard of it. */
  abandon(signal: 'KILL' | 'HUP'): void {
    this.#stop();
    if (this.#isAbandoned) return;
    this.#isAbandoned = true;
    this.#unlessClosed(giveBackAfterMs, this.#giveBack);
    this.#channel.signal(signal);
    this.#signalGroup(signal);
    this.#channel.close();
  }

  /** Older servers, and sshd in a root login, take no signal from us; the group, which is the session that sshd made for the channel, is told another way. */
  #signalGroup(signal: string): void {
    if (this.pid === null) return;
    const commandLine = `exec /bin/sh -c 'kill -${signal} -${this.pid}'`;
    if (this.#channels.hasRoom) this.#channels.run(commandLine);
    else this.#unlessClosed(patienceMs, () => this.#channels.runElsewhere(commandLine));
  }

  #unlessClosed(ms: number, act: () => void): void {
    this.#channel.once('close', startTimer(this.#clock, ms, act));
  }

  #receive(pass: () => void): void {
    if (this.#isOver) return;
    if (this.#exit !== null) this.#waitForQuiet();
    pass();
  }

  #exited(exit: Ended): void {
    this.#exit = exit;
    if (this.#isOver) return;
    this.#cancelWait = startTimer(this.#clock, mostWaitMs, () => this.#finish());
    this.#waitForQuiet();
  }

  #waitForQuiet(): void {
    this.#cancelQuiet();
    this.#cancelQuiet = startTimer(this.#clock, quietMs, () => this.#finish());
  }

  #finish(): void {
    if (!this.#stop()) return;
    this.#channel.close();
    this.listener.ended(this.#exit);
  }

  #stop(): boolean {
    if (this.#isOver) return false;
    this.#isOver = true;
    this.#cancelQuiet();
    this.#cancelWait();
    return true;
  }
}
