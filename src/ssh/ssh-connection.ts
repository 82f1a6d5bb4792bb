import type { Clock } from '../clock.ts';
import { nameAddress } from './address.ts';
import { Channels } from './channels.ts';
import { Conversation, converse, type ConverseOptions } from './conversation.ts';
import { OutcomeUnknown } from './failures.ts';
import type { Link } from './dial.ts';
import { Questions } from './questions.ts';
import { lostBeforeStart, type RemoteShellContext } from './remote-shell.ts';
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

  constructor(link: Link, address: SshAddress, clock: Clock) {
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
    if (!this.#alive) return Promise.reject(lostBeforeStart(this.#who, this.#cause));
    return this.#questions.ask(script, options);
  }

  async converse(script: string, streams: Streams, options: ConverseOptions = {}): Promise<Ended> {
    if (!this.#alive) throw lostBeforeStart(this.#who, this.#cause);
    return converse(this.#context, this.#conversations, script, streams, options);
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
      client.end();
    });
  }

  #lose(): void {
    this.#alive = false;
    this.#closed = true;
    const cause = this.#cause;
    const why = cause instanceof Error ? `: ${cause.message}` : '';
    const unsent = lostBeforeStart(this.#who, cause);
    this.#context.channels.fail(unsent);
    const sent = new OutcomeUnknown(`${this.#who}: the connection was lost before the answer was complete${why}`, cause);
    this.#questions.fail(sent, unsent);
    for (const conversation of this.#conversations) conversation.fail(sent);
  }
}
