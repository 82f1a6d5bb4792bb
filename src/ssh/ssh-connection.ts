import type { Clock } from '../clock.ts';
import { nameAddress } from './address.ts';
import { Channels, endQuietly } from './channels.ts';
import { Conversation, type ConverseOptions } from './conversation.ts';
import { OutcomeUnknown } from './failures.ts';
import type { Link } from './dial.ts';
import { explainLoss } from './greeting.ts';
import { openChannel } from './open-channel.ts';
import { Questions } from './questions.ts';
import type { RemoteShellContext } from './remote-shell.ts';
import { startTimer } from './time-limit.ts';
import type { Answer, AskOptions, Connection, Ended, SshAddress, Streams } from './transport.ts';

const goodbyeMs = 1_000;

/** A logged-in connection. When it breaks, whatever was sent and not answered is told as OutcomeUnknown, the rest as ConnectionFailed. */
export class SshConnection implements Connection {
  readonly #link: Link;
  readonly #clock: Clock;
  readonly #who: string;
  readonly #context: RemoteShellContext;
  readonly #questions: Questions;
  readonly #conversations = new Set<Conversation>();
  #alive = true;
  #closed = false;
  #cause: unknown = undefined;

  /** `dialAgain` makes another connection to the same host. */
  constructor(link: Link, address: SshAddress, clock: Clock, dialAgain: () => Promise<Link>) {
    const { client } = link;
    this.#link = link;
    this.#clock = clock;
    this.#who = nameAddress(address);
    const limitMs = address.connectTimeoutSeconds * 1000;
    const channels = new Channels({
      client,
      who: this.#who,
      clock,
      openLimitMs: limitMs,
      onCrowded: () => this.#questions.makeRoom(),
      onUseless: () => this.close(),
      runElsewhere: (commandLine) => void runAlone(dialAgain, commandLine, clock, limitMs),
    });
    this.#context = { channels, who: this.#who, clock, greetingLimitMs: limitMs };
    this.#questions = new Questions(this.#context);
    client.on('error', (error: Error) => {
      this.#cause ??= error;
      this.#alive = false;
    });
    client.once('end', () => {
      this.#alive = false;
    });
    client.once('close', () => this.#lose());
  }

  get alive(): boolean {
    return this.#alive;
  }

  ask(script: string, options: AskOptions): Promise<Answer> {
    if (!this.#alive) return Promise.reject(explainLoss(this.#who, this.#cause));
    return this.#questions.ask(script, options);
  }

  async converse(script: string, streams: Streams, options: ConverseOptions = {}): Promise<Ended> {
    if (!this.#alive) throw explainLoss(this.#who, this.#cause);
    const conversation = new Conversation(this.#context, streams);
    this.#conversations.add(conversation);
    try {
      return await conversation.run(script, options);
    } finally {
      this.#conversations.delete(conversation);
    }
  }

  close(): void {
    void this.finish();
  }

  /** Closes, and resolves when the socket is gone; a host that does not take leave is left. */
  finish(): Promise<void> {
    if (this.#closed) return Promise.resolve();
    const { client, socket } = this.#link;
    return new Promise((resolve) => {
      const cancel = startTimer(this.#clock, goodbyeMs, () => socket.destroy());
      client.once('close', () => {
        cancel();
        resolve();
      });
      this.#alive = false;
      this.#context.channels.fail(explainLoss(this.#who));
      client.end();
    });
  }

  #lose(): void {
    this.#alive = false;
    this.#closed = true;
    const cause = this.#cause;
    const why = cause instanceof Error ? `: ${cause.message}` : '';
    const unsent = explainLoss(this.#who, cause);
    this.#context.channels.fail(unsent);
    const sent = new OutcomeUnknown(`${this.#who}: the connection was lost before the answer was complete${why}`, cause);
    this.#questions.fail(sent, unsent);
    for (const conversation of this.#conversations) conversation.fail(sent);
  }
}

/** Over a connection of its own. When that fails the command is not run, and the caller finds its channel still taken. */
async function runAlone(dialAgain: () => Promise<Link>, commandLine: string, clock: Clock, limitMs: number): Promise<void> {
  const link = await dialAgain().catch(() => null);
  if (link === null) return;
  const { client, socket } = link;
  const leave = () => socket.destroy();
  openChannel(client, commandLine, clock, limitMs, { opened: endQuietly, gone: leave, timedOut: leave, failed: leave });
}
