import type { Client, ClientChannel } from 'ssh2';
import type { Clock } from '../clock.ts';
import { messageOf } from '../errors.ts';
import { ConnectionFailed } from './failures.ts';
import { openChannel } from './open-channel.ts';

export type ChannelPurpose = 'questions' | 'conversation';

interface ChannelRequest {
  purpose: ChannelPurpose;
  commandLine: string;
  /** Called before anything of the channel can be missed. `giveBack` counts it as closed, however the host takes it. */
  opened: (channel: ClientChannel, giveBack: () => void) => void;
  refused: (error: ConnectionFailed) => void;
}

interface WaitingRequest extends ChannelRequest {
  order: number;
}

interface ChannelsOptions {
  client: Client;
  /** `user@host:port`. */
  who: string;
  clock: Clock;
  openLimitMs: number;
  /** Called when a conversation waits and the host allows a single channel: the asking one must make room. */
  onCrowded: () => void;
  /** Called when the host refuses a channel although none is open. */
  onUseless: () => void;
  /** Runs a command over a connection of its own. */
  runElsewhere: (commandLine: string) => void;
}

const mostChannels = 8;

/**
 * The channels of one connection: at most eight, fewer where the host refuses more, and then requests wait in order.
 * Conversations leave one channel to questions wherever the host is known to allow two.
 */
export class Channels {
  readonly #options: ChannelsOptions;
  #limit = mostChannels;
  #open = 0;
  #conversations = 0;
  #waiting: WaitingRequest[] = [];
  #lastOrder = 0;
  #failure: ConnectionFailed | null = null;

  constructor(options: ChannelsOptions) {
    this.#options = options;
  }

  get hasRoom(): boolean {
    return this.#open < this.#limit;
  }

  /** Opens a channel that runs `commandLine`, now or when there is room. Returns a function that withdraws a request still waiting. */
  request(request: ChannelRequest): () => void {
    if (this.#failure !== null) {
      request.refused(this.#failure);
      return () => undefined;
    }
    const order = ++this.#lastOrder;
    this.#waiting.push({ ...request, order });
    this.#admit();
    return () => {
      this.#waiting = this.#waiting.filter((other) => other.order !== order);
    };
  }

  /** Runs a command whose output and end nobody waits for. */
  run(commandLine: string): void {
    this.request({ purpose: 'questions', commandLine, opened: endQuietly, refused: () => undefined });
  }

  /** The same, where a channel that hangs takes the only one that there is. */
  runElsewhere(commandLine: string): void {
    this.#options.runElsewhere(commandLine);
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
    this.#askForRoom();
  }

  #askForRoom(): void {
    if (this.#limit === 1 && this.#waiting.some((request) => request.purpose === 'conversation')) this.#options.onCrowded();
  }

  #fits({ purpose }: ChannelRequest): boolean {
    if (!this.hasRoom) return false;
    return purpose === 'questions' || this.#limit === 1 || this.#conversations < this.#limit - 1;
  }

  #start(request: WaitingRequest): void {
    const { client, who, clock, openLimitMs } = this.#options;
    const giveBack = this.#take(request.purpose);
    openChannel(client, request.commandLine, clock, openLimitMs, {
      opened: (channel) => {
        request.opened(channel, giveBack);
        this.#askForRoom();
      },
      gone: giveBack,
      timedOut: () => request.refused(notOpened(who, `no answer in ${openLimitMs / 1000} s`)),
      failed: (error, refused) => {
        if (refused && this.#open > 1) this.#learnLimit(request);
        else this.#refuse(request, error, refused);
        giveBack();
      },
    });
  }

  /** The host allows no more than what is open now. */
  #learnLimit(request: WaitingRequest): void {
    this.#limit = Math.min(this.#limit, this.#open - 1);
    const later = this.#waiting.findIndex((other) => other.order > request.order);
    this.#waiting.splice(later === -1 ? this.#waiting.length : later, 0, request);
  }

  #refuse(request: WaitingRequest, error: unknown, refused: boolean): void {
    request.refused(this.#failure ?? notOpened(this.#options.who, messageOf(error)));
    if (refused) this.#options.onUseless();
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

export function endQuietly(channel: ClientChannel): void {
  channel.resume();
  channel.stderr.resume();
  channel.end();
}

function notOpened(who: string, why: string): ConnectionFailed {
  return new ConnectionFailed(`${who}: logged in, but the host opens no channel to run a command: ${why}`, {
    code: 'channel-refused',
    retryable: true,
    suggestions: ['look at MaxSessions in the sshd_config of the host; it must be at least 1'],
  });
}
