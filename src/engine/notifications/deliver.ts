import { delayAfter } from '../../notify/delays.ts';
import type { Message } from '../../notify/message.ts';
import { sendLetter } from '../../notify/send.ts';
import type { Channel } from '../../notify/settings.ts';
import type { Delivery } from '../../notify/delivery.ts';
import type { Settlement } from '../../store/outbox-records.ts';
import type { NotifyParts } from './parts.ts';

/** Longer than any try takes, so that only a sender that is gone loses its claim. */
const claimMs = 60_000;

/** Sends what is due on one channel, one after another, until nothing is. */
export async function deliverDue(parts: NotifyParts, channel: Channel, signal: AbortSignal): Promise<void> {
  const { clock, environment, owner, store } = parts;
  while (!signal.aborted) {
    const terms = {
      channels: [channel.name],
      now: clock.now(),
      boot: owner.bootId,
      sinceBoot: clock.sinceBoot(),
      ttlMs: claimMs,
    };
    const claimed = store.outbox.claim(terms);
    if (claimed === null) return;
    const letter = { id: claimed.id, message: claimed.message as Message };
    const delivery = await sendLetter(channel, letter, { environment, now: clock.now(), signal });
    store.outbox.settle(claimed, settle(delivery, claimed.tries, clock.now()));
    parts.logger.debug({ channel: channel.name, id: claimed.id, tries: claimed.tries, delivery: delivery.kind }, 'notification');
  }
}

function settle(delivery: Delivery, tries: number, now: number): Settlement {
  switch (delivery.kind) {
    case 'sent':
      return { kind: 'sent', at: now };
    case 'refused':
      return { kind: 'failed', at: now, reason: delivery.reason };
    case 'later':
      return { kind: 'later', notBefore: now + delayAfter(tries, delivery.afterMs), reason: delivery.reason };
  }
}
