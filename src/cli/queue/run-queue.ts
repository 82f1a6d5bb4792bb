import type { QueueLine } from '../../queue/parts.ts';
import type { Context } from '../context.ts';
import { listenForInterruption } from '../interruption.ts';
import { queueParts } from './queue-parts.ts';

/** Sees to the queue until nothing runs and nothing can start, or until Ctrl-C: jobs go on then. False: it was left. */
export async function runQueue(
  context: Context,
  what: string,
  tell: (line: QueueLine) => void,
  adopt: boolean,
): Promise<boolean> {
  const { driveQueue } = await import('../../queue/drive-queue.ts');
  const interruption = listenForInterruption();
  try {
    const parts = await queueParts(context, tell);
    await driveQueue(parts, { signal: interruption.signal, what, untilIdle: true, adopt });
    return !interruption.signal.aborted;
  } finally {
    interruption.stop();
  }
}
