import type { ActiveState, Result } from '../../lifecycle/states.ts';
import type { Drive } from '../drive.ts';
import { keeps, readEventsOf } from '../read-events.ts';

/** Why a run is being stopped, and what it is when it has stopped. Kept with the event that began it. */
export interface HaltWish {
  reason: string;
  result: Extract<Result, 'halted' | 'failed' | 'cancelled'>;
  /** Seconds to wait after the sentinel; null: the playbook's. */
  graceSeconds: number | null;
  force: boolean;
  /** The reason of a run that has failed. Left out: a rule of the playbook has stopped it. */
  failure?: string;
}

/** Stores the wish: from here on the run is `halting`, whoever drives it. */
export function beginHalt(drive: Drive, from: ActiveState[], reason: string, result: HaltWish['result'], failure?: string): void {
  storeWish(drive, from, { reason, result, graceSeconds: null, force: false, ...(failure === undefined ? {} : { failure }) });
}

export function storeWish(drive: Drive, from: ActiveState[], wish: HaltWish): void {
  drive.transition({
    from,
    to: 'halting',
    event: drive.event('state', `halting: ${wish.reason}`, { wish }),
    message: wish.reason,
  });
}

/** The newest wish wins: a forced halt after a patient one. */
export function readWish(drive: Drive): HaltWish {
  const events = readEventsOf(drive, null);
  const wishes = events.flatMap(({ detail }) => (keeps<{ wish: HaltWish }>(detail, 'wish') ? [detail.wish] : []));
  return wishes.at(-1) ?? { reason: 'asked for', result: 'halted', graceSeconds: null, force: false };
}
