/**
 * How a try to send a message came out.
 *
 * - `sent`: the receiver took it.
 * - `later`: it may be taken later; `afterMs` when the receiver has said how long to wait.
 * - `refused`: it will not be taken, however often it is sent.
 */
export type Delivery =
  { kind: 'sent' } | { kind: 'later'; reason: string; afterMs?: number } | { kind: 'refused'; reason: string };
