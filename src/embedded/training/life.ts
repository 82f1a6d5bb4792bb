import { setTimeout as wait } from 'node:timers/promises';
import { PretendFailure } from './failure.ts';
import type { Limits } from './limits.ts';

/** Does nothing until this process has lived as long as it may. */
export async function liveOn(limits: Limits): Promise<never> {
  await wait(millisecondsLeft(limits));
  throw new PretendFailure(describeAge(limits));
}

/** Ends this process when it has lived as long as it may, whatever it waits for then. */
export function endWhenOld(limits: Limits): void {
  const end = () => {
    process.stderr.write(`${describeAge(limits)}\n`);
    process.exit(1);
  };
  setTimeout(end, millisecondsLeft(limits)).unref();
}

function millisecondsLeft({ lifeSeconds }: Limits): number {
  return Math.max(0, lifeSeconds - process.uptime()) * 1000;
}

function describeAge({ lifeSeconds }: Limits): string {
  return `pretend trainer: it has lived ${lifeSeconds} s, the most it may (PRETEND_MAX_SECONDS)`;
}

export async function endIfOld(limits: Limits): Promise<void> {
  if (process.uptime() > limits.lifeSeconds) await liveOn(limits);
}
