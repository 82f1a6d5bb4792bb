import { once } from 'node:events';
import { systemClock } from '../../../src/clock.ts';
import { pumpNotifications } from '../../../src/engine/notifications/pump.ts';
import { openLogger } from '../../../src/logger.ts';
import { readNotifySettings } from '../../../src/notify/read-settings.ts';
import { openStore } from '../../../src/store/open-store.ts';
import { readOwner } from '../../../src/store/owner.ts';
import { argument, waitAtGate } from './tell.ts';

/** Tells people what happens, as every fleet process does, until the parent says that it is enough. */
const { settings } = readNotifySettings(argument(1), process.env);
if (settings === null) throw new Error('expected settings without a problem');
const store = openStore(argument(0));
await waitAtGate();
const stopping = new AbortController();
process.stdin.resume();
void once(process.stdin, 'data').then(() => stopping.abort());
const parts = { store, clock: systemClock, logger: await openLogger({}), owner: readOwner(), environment: process.env };
await pumpNotifications(parts, settings, stopping.signal);
store.close();
process.stdin.destroy();
