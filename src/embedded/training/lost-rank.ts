import { setTimeout as wait } from 'node:timers/promises';
import { PretendFailure } from './failure.ts';
import { endIfOld } from './life.ts';
import type { Run } from './run.ts';

/** Waits in a collective operation for a rank that is gone, until torchrun ends this one too. */
export async function waitForLostRank(run: Run): Promise<never> {
  process.removeAllListeners('SIGTERM').once('SIGTERM', () => {
    run.gotTerm = true;
  });
  while (!run.gotTerm) {
    await endIfOld(run.limits);
    await wait(40);
  }
  throw new PretendFailure('', 143);
}
