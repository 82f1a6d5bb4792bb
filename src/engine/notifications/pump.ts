import { messageOf } from '../../errors.ts';
import { openScrubber } from '../../notify/send.ts';
import type { Channel, NotifySettings } from '../../notify/settings.ts';
import { collectEntries, collectMessages, collectSummary } from './collect-messages.ts';
import { deliverDue } from './deliver.ts';
import type { NotifyParts } from './parts.ts';

const lookEveryMs = 1_000;
const tidyEveryMs = 60_000;
const forgetAfterMs = 30 * 24 * 3_600_000;
/** How long what is still to be sent at the end may take. The rest is sent by whichever fleet process comes next. */
const lastTriesMs = 5_000;

/**
 * Tells people what happens, beside whatever this process does, until `signal` aborts; then once more what is due. Any number of processes may do this on
 * one store: each message is sent by one of them. Never rejects: trouble with the store or with a receiver is nothing that a run should hear of.
 */
export async function pumpNotifications(parts: NotifyParts, settings: NotifySettings, signal: AbortSignal): Promise<void> {
  const { clock, store, logger, environment } = parts;
  const collector = { store, settings, scrubber: openScrubber(settings.channels, environment) };
  const leaving = new AbortController();
  const busy = new Map<string, Promise<void>>();
  const mornings = new Set<string>();
  let tidiedAt = Number.NEGATIVE_INFINITY;

  const guarded = (work: () => void): void => {
    try {
      work();
    } catch (error) {
      logger.warn({ error: messageOf(error) }, 'notifications');
    }
  };

  const look = ({ isLeaving }: { isLeaving: boolean }): void => {
    const now = clock.now();
    guarded(() => store.outbox.readCursor() ?? store.outbox.begin(now));
    guarded(() => collectMessages(collector, now));
    guarded(() => collectEntries(collector, now, { isLeaving }));
    guarded(() => collectSummary(collector, now, mornings));
    if (clock.monotonic() - tidiedAt >= tidyEveryMs) {
      tidiedAt = clock.monotonic();
      guarded(() => store.outbox.tidy(now, now - forgetAfterMs));
    }
  };

  // Each channel for itself: a slow one keeps no other waiting.
  const send = (channel: Channel): Promise<void> => {
    const lane = deliverDue(parts, channel, leaving.signal)
      .catch((error: unknown) => logger.warn({ channel: channel.name, error: messageOf(error) }, 'notifications'))
      .finally(() => busy.delete(channel.name));
    busy.set(channel.name, lane);
    return lane;
  };

  /** Whoever was sending has not seen what came last. */
  const finish = async (channel: Channel): Promise<void> => {
    await busy.get(channel.name);
    await send(channel);
  };

  const { channels } = settings;
  while (!signal.aborted) {
    look({ isLeaving: false });
    for (const channel of channels) if (!busy.has(channel.name)) void send(channel);
    await clock.wait(lookEveryMs, signal);
  }
  look({ isLeaving: true });
  await Promise.race([Promise.all(channels.map(finish)), clock.wait(lastTriesMs)]);
  leaving.abort();
  await Promise.all(busy.values());
}
