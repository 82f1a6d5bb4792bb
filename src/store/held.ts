import type { Moment } from '../clock.ts';
import { isKnownDead, sharesBootClock } from './owner.ts';
import type { Owner } from './records.ts';

/** Until when a right is held, on the wall clock and in milliseconds since boot. */
interface Expiry {
  expiresAt: number;
  expiresUptime: number | null;
}

export interface Held {
  owner: Owner;
  expiry: Expiry;
}

export function isHeld(
  { owner, expiry: { expiresAt, expiresUptime } }: Held,
  observer: Owner,
  { now, sinceBoot }: Moment,
): boolean {
  if (isKnownDead(owner, observer)) return false;
  return expiresUptime !== null && sharesBootClock(owner, observer) ? sinceBoot < expiresUptime : now < expiresAt;
}

export function expiryAfter(ttlMs: number, { now, sinceBoot }: Moment): Expiry {
  return { expiresAt: Math.round(now + ttlMs), expiresUptime: Math.round(sinceBoot + ttlMs) };
}
