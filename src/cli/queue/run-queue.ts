import type { Logger } from '../../logger.ts';
import type { Stay } from '../../queue/drive-queue.ts';
import type { QueueLine } from '../../queue/parts.ts';
import type { Context } from '../context.ts';
import { listenForInterruption } from '../interruption.ts';
import { queueParts } from './queue-parts.ts';

export interface QueueWay {
  /** As others read it. */
  what: 'queue run' | 'daemon';
  tell: (line: QueueLine) => void;
  stays: Stay;
  adopt: boolean;
  /** Left out: as FLEET_LOG says. */
  logger?: Logger;
}

/** Sees to the queue, until it need not stay or until Ctrl-C: jobs go on then. False: it was left. */
export async function runQueue(context: Context, { tell, logger, ...way }: QueueWay): Promise<boolean> {
  const { driveQueue } = await import('../../queue/drive-queue.ts');
  const interruption = listenForInterruption();
  try {
    const parts = await queueParts(context, tell);
    await driveQueue(logger === undefined ? parts : { ...parts, logger }, { ...way, signal: interruption.signal });
    return !interruption.signal.aborted;
  } finally {
    interruption.stop();
  }
}
