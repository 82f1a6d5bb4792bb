import { momentOf, systemClock } from '../../../src/clock.ts';
import { openStore } from '../../../src/store/open-store.ts';
import { readOwner } from '../../../src/store/owner.ts';
import { argument, tell, waitAtGate } from './tell.ts';

const store = openStore(argument(0));
await waitAtGate();
tell(store.takeLease(argument(1), readOwner(), { ttlMs: 3_600_000, takeOver: false, ...momentOf(systemClock) }));
// Alive, so that its lease counts, until the parent ends it.
setTimeout(() => process.exit(1), 60_000);
