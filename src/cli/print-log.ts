import { usageError } from '../errors.ts';
import type { LogWish } from '../engine/stream-log.ts';
import type { Context } from './context.ts';
import { findRun } from './find-run.ts';

/** Gives the log of a run's job to `write`, from its host. False: its job was never started. */
export async function printLog(
  context: Context,
  wish: Omit<LogWish, 'worker'> & { run: string; worker: number | undefined },
  write: (bytes: Buffer) => Promise<void>,
): Promise<boolean> {
  const { store, run } = await findRun(context, wish.run);
  const workers = store.readWorkers(run.id).map(({ index }) => index);
  const { worker = 0 } = wish;
  if (!workers.includes(worker)) {
    throw usageError('worker-not-found', `run ${run.id} has no worker ${worker}`, [`its workers are ${workers.join(', ')}`]);
  }
  const { streamLog } = await import('../engine/stream-log.ts');
  return streamLog(await context.engineParts(), run, { ...wish, worker }, write);
}
