import { createInterface } from 'node:readline';
import { Context } from '../../../src/cli/context.ts';
import { queueParts } from '../../../src/cli/queue/queue-parts.ts';
import { systemClock } from '../../../src/clock.ts';
import { lookAtQueue } from '../../../src/queue/look.ts';
import { argument, tell } from '../../store/children/tell.ts';
import { strikeAt, type Blow } from './strike.ts';

/** What the parent says for each look. */
export interface Moment {
  at: number;
  /** Null: nothing happens to it. */
  blow: Blow | null;
}

/**
 * Sees to the queue of a state folder as `fleet daemon` does, by the files as they are, at each moment that the parent names; what is to be driven and
 * halted it tells.
 */
const context = new Context({ environment: { ...process.env, FLEET_STATE_DIR: argument(0) }, inventories: [] });
let now = 0;
let blow: Blow | null = null;
const clock = { ...systemClock, now: () => now, monotonic: () => now, sinceBoot: () => now };
const joined = await queueParts(context, () => undefined);
const parts = strikeAt({ ...joined, clock }, () => blow);
const terms = () => ({ ttlMs: 30_000, now, sinceBoot: now });
let token: { queueToken: number } | null = null;

for await (const line of createInterface({ input: process.stdin })) {
  ({ at: now, blow } = JSON.parse(line) as Moment);
  token ??= takeQueue();
  const looked = await lookAtQueue(parts);
  tell(parts.store.renewQueue(token, terms()) ? looked : 'replaced');
}
await context.close();

function takeQueue() {
  const answer = parts.store.takeQueue(parts.owner, 'daemon', terms());
  if (!answer.taken) throw new Error(`pid ${answer.holder.owner.pid} sees to the queue`);
  return answer.lease;
}
