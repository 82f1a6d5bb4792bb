import { setTimeout as wait } from 'node:timers/promises';
import type { Limits } from './limits.ts';

/** As a tool that waits for a card that does not answer: TERM does not end it, KILL does. */
export async function hang(limits: Limits): Promise<void> {
  process.on('SIGTERM', () => undefined);
  await wait(limits.lifeSeconds * 1000);
}
