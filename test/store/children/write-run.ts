import { momentOf, systemClock } from '../../../src/clock.ts';
import { openStore } from '../../../src/store/open-store.ts';
import { readOwner } from '../../../src/store/owner.ts';
import { event, newRun } from '../shapes.ts';
import { argument, tell, waitAtGate } from './tell.ts';

await waitAtGate();
const store = openStore(argument(0));
const run = argument(1);
store.createRun(newRun(run), event('created'));
const answer = store.takeLease(run, readOwner(), { ttlMs: 60_000, takeOver: false, ...momentOf(systemClock) });
if (!answer.taken) throw new Error('the lease is held');
let landed = 0;
for (let count = 0; count < Number(argument(2)); count++) landed += Number(store.recordEvent(answer.lease, event('look')));
store.close();
tell(landed);
