import { momentOf, systemClock } from '../../../src/clock.ts';
import { openStore } from '../../../src/store/open-store.ts';
import { readOwner } from '../../../src/store/owner.ts';
import { batch, event, offset, sample, samples } from '../shapes.ts';
import { argument, tell } from './tell.ts';

/** As a controller does: a look after another, each told when it is stored, and now and then the lease renewed. */
const [stateDir, run, looks] = [argument(0), argument(1), Number(argument(2))];
const store = openStore(stateDir);
const answer = store.takeLease(run, readOwner(), { ttlMs: 3_600_000, takeOver: false, ...momentOf(systemClock) });
if (!answer.taken) throw new Error('the lease is held');
const { lease } = answer;

for (let look = 0; look < looks; look++) {
  const rows = Array.from({ length: 10 }, (_, row) => sample(look * 100 + row * 10));
  const offsets = [offset({ offset: (look + 1) * 100 })];
  const landed = store.recordBatch(lease, batch({ offsets, samples: [samples(rows)], events: [event('look')] }));
  if (!landed || !store.renewLease(lease, { ttlMs: 3_600_000, ...momentOf(systemClock) })) throw new Error('the lease is lost');
  tell(look);
}
store.transition(lease, { from: ['queued'], to: 'succeeded', event: event('state') });
store.close();
