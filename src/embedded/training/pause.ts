import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { endIfOld } from './life.ts';
import type { Run } from './run.ts';

/** Takes no step until the time of a pause has gone by or somebody makes the file `.GO`. Returns the milliseconds that it took. */
export async function pause({ config, limits }: Run): Promise<number> {
  const startMs = performance.now();
  const passedMs = () => performance.now() - startMs;
  while (passedMs() < limits.pauseSeconds * 1000 && !existsSync(join(config.outDir, '.GO'))) {
    await endIfOld(limits);
    await wait(40);
  }
  return passedMs();
}
