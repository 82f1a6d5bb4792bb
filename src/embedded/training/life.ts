import { setTimeout as wait } from 'node:timers/promises';
import { PretendFailure } from './failure.ts';
import type { Limits } from './limits.ts';

/** Does nothing until this process has lived as long as it may. */
export async function liveOn(limits: Limits): Promise<never> {
  await wait(Math.max(0, limits.lifeSeconds - process.uptime()) * 1000);
  throw new PretendFailure(`pretend trainer: it has lived ${limits.lifeSeconds} s, the most it may (PRETEND_MAX_SECONDS)`);
}

export async function endIfOld(limits: Limits): Promise<void> {
  if (process.uptime() > limits.lifeSeconds) await liveOn(limits);
}
