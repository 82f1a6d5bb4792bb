import type { Client, ClientChannel } from 'ssh2';
import type { Clock } from '../clock.ts';
import { startTimer } from './time-limit.ts';

interface ChannelOpening {
  /** Called before anything of the channel can be missed. */
  opened(channel: ClientChannel): void;
  /** `refused`: the host has no room for another channel. Otherwise the connection, or the command, failed. */
  failed(error: unknown, refused: boolean): void;
  /** Nothing came within the limit. A channel that comes later is closed; `opened` and `failed` are not called. */
  timedOut(): void;
  /** After `timedOut` or `opened`: the host has let go of the channel. */
  gone(): void;
}

/** sshd frees a closed channel only after it has read what came with the closing: a refusal right then is not yet its answer. */
const mostAttempts = 3;

/** Opens a channel that runs `commandLine` through the login shell. */
export function openChannel(client: Client, commandLine: string, clock: Clock, limitMs: number, opening: ChannelOpening): void {
  let isLate = false;
  const cancelTimer = startTimer(clock, limitMs, () => {
    isLate = true;
    opening.timedOut();
  });
  const fail = (error: unknown, refused: boolean) => {
    cancelTimer();
    if (isLate) opening.gone();
    else opening.failed(error, refused);
  };
  const accept = (channel: ClientChannel) => {
    cancelTimer();
    channel.once('close', () => opening.gone());
    // A channel that fails also closes, and that is what is listened to.
    channel.on('error', () => undefined);
    channel.stderr.on('error', () => undefined);
    if (isLate) discard(channel);
    else opening.opened(channel);
  };
  const attempt = (left: number) => {
    try {
      client.exec(commandLine, (error, channel) => {
        if (error === undefined) accept(channel);
        else if (isRefusal(error) && left > 1) attempt(left - 1);
        else fail(error, isRefusal(error));
      });
    } catch (error) {
      fail(error, false);
    }
  };
  attempt(mostAttempts);
}

function isRefusal(error: Error): boolean {
  return 'reason' in error && typeof error.reason === 'number';
}

function discard(channel: ClientChannel): void {
  channel.resume();
  channel.stderr.resume();
  channel.close();
}
