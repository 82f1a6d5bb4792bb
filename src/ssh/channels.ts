import type { Client, ClientChannel } from 'ssh2';
import type { Clock } from '../clock.ts';
import { messageOf } from '../errors.ts';
import { ConnectionFailed } from './failures.ts';
import { startTimer } from './time-limit.ts';

export type ChannelPurpose = 'questions' | 'conversation';

interface Request {
  purpose: ChannelPurpose;
  commandLine: string;
  opened: (channel: ClientChannel, giveBack: () => void) => void;
  refused: (error: ConnectionFailed) => void;
}

interface ChannelsOptions {
  client: Client;
  /** `user@host:port`. */
  who: string;
  clock: Clock;
  openLimitMs: number;
  /** Called when something waits and the host allows a single channel: the asking one must make room. */
  onCrowded: () => void;
  /** Called when the host refuses a channel although none is open. */
  onUseless: () => void;
}

const mostChannels = 8;

/**
 * The channels of one connection: at most eight, fewer where the host refuses more, and then requests wait in order.
 * Conversations leave one channel to questions wherever the host allows two.
 */
export class Channels {
  readonly #options: ChannelsOptions;
  #limit = mostChannels;
  #open = 0;
  #conversations = 0;
  #waiting: Request[] = [];
  #failure: ConnectionFailed | null = null;

  constructor(options: ChannelsOptions) {
    this.#options = options;
  }

  get hasRoom(): boolean {
    return this.#open < this.#limit;
  }

  /** Opens a channel that runs `commandLine`. `opened` is called before anything of it can be missed. Returns a function that withdraws a request still waiting. */
  request(request: Request): () => void {
    if (this.#failure !== null) {
      request.refused(this.#failure);
      return () => undefined;
    }
    this.#waiting.push(request);
    this.#admit();
    return () => {
      this.#waiting = this.#waiting.filter((other) => other !== request);
    };
  }

  /** The connection is gone: what waits is refused, now and later. */
  fail(failure: ConnectionFailed): void {
    this.#failure = failure;
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const request of waiting) request.refused(failure);
  }

  #admit(): void {
    for (;;) {
      const index = this.#waiting.findIndex((request) => this.#fits(request));
      const [request] = index === -1 ? [] : this.#waiting.splice(index, 1);
      if (request === undefined) break;
      this.#start(request);
    }
    if (this.#waiting.length > 0 && this.#limit === 1) this.#options.onCrowded();
  }

  #fits(request: Request): boolean {
    if (!this.hasRoom) return false;
    return request.purpose === 'questions' || this.#limit === 1 || this.#conversations < this.#limit - 1;
  }

  #start(request: Request): void {
    const giveBack = this.#take(request.purpose);
    const { client, who, clock, openLimitMs } = this.#options;
    let settled = false;
    const settle = (): boolean => {
      if (settled) return false;
      settled = true;
      cancelTimer();
      return true;
    };
    const cancelTimer = startTimer(clock, openLimitMs, () => {
      if (settle()) request.refused(notOpened(who, `no answer in ${openLimitMs / 1000} s`));
    });
    try {
      client.exec(request.commandLine, (error, channel) => {
        if (error !== undefined) {
          if (settle()) this.#refuse(request, error, giveBack);
          else giveBack();
          return;
        }
        channel.once('close', giveBack);
        channel.on('error', ignore);
        channel.stderr.on('error', ignore);
        if (settle()) request.opened(channel, giveBack);
        else discard(channel);
      });
    } catch (error) {
      if (settle()) this.#refuse(request, error, giveBack);
    }
  }

  /** The host allows no more than what is open now, unless nothing is. */
  #refuse(request: Request, error: unknown, giveBack: () => void): void {
    const isRefusal = typeof error === 'object' && error !== null && 'reason' in error && typeof error.reason === 'number';
    if (isRefusal && this.#open > 1) {
      this.#limit = Math.min(this.#limit, this.#open - 1);
      this.#waiting.unshift(request);
      giveBack();
      return;
    }
    giveBack();
    request.refused(this.#failure ?? notOpened(this.#options.who, messageOf(error)));
    if (isRefusal) this.#options.onUseless();
  }

  #take(purpose: ChannelPurpose): () => void {
    const conversations = purpose === 'conversation' ? 1 : 0;
    this.#open += 1;
    this.#conversations += conversations;
    let given = false;
    return () => {
      if (given) return;
      given = true;
      this.#open -= 1;
      this.#conversations -= conversations;
      this.#admit();
    };
  }
}

/** A channel that fails also closes, and that is what is listened to. */
function ignore(): void {
  return;
}

function discard(channel: ClientChannel): void {
  channel.resume();
  channel.stderr.resume();
  channel.close();
}

function notOpened(who: string, why: string): ConnectionFailed {
  return new ConnectionFailed(`${who}: logged in, but the host opens no channel to run a command: ${why}`, {
    code: 'channel-refused',
    retryable: true,
    suggestions: ['look at MaxSessions in the sshd_config of the host; it must be at least 1'],
  });
}
