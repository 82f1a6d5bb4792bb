import { setTimeout as wait } from 'node:timers/promises';
import type { Limits } from './limits.ts';

/** What a hanging program is called. */
export const hangingTitle = 'pretends to hang';

/** As a tool that waits for a card that does not answer: TERM does not end it, KILL does. */
export async function hang(limits: Limits): Promise<void> {
  process.on('SIGTERM', () => undefined);
  // For whoever looks at the processes; a test that sends TERM waits for it.
  process.title = hangingTitle;
  await wait(limits.lifeSeconds * 1000);
}
