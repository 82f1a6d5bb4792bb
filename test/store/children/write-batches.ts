import { momentOf, systemClock } from '../../../src/clock.ts';
import { openStore } from '../../../src/store/open-store.ts';
import { readOwner } from '../../../src/store/owner.ts';
import { batch, event, offset, sample, samples } from '../shapes.ts';
import { argument, tell } from './tell.ts';

const store = openStore(argument(0));
const answer = store.takeLease(argument(1), readOwner(), { ttlMs: 3_600_000, takeOver: false, ...momentOf(systemClock) });
if (!answer.taken) throw new Error('the lease is held');

for (let look = 0; look < 100_000; look++) {
  const rows = Array.from({ length: 10 }, (_, row) => sample(look * 100 + row * 10));
  const offsets = [offset({ offset: (look + 1) * 100 })];
  store.recordBatch(answer.lease, batch({ offsets, samples: [samples(rows)], events: [event('look')] }));
  tell(look);
}
