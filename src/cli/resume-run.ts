import { isDeepStrictEqual } from 'node:util';
import { momentOf } from '../clock.ts';
import type { DriveOptions } from '../engine/drive.ts';
import { driveRun } from '../engine/drive-run.ts';
import { LeaseLost } from '../engine/lease-lost.ts';
import type { EngineParts } from '../engine/parts.ts';
import { FleetError } from '../errors.ts';
import type { RunRecord } from '../store/records.ts';

const lookEveryMs = 500;

/**
 * Drives a run as whoever left it did. One that the daemon of this folder drives is not refused: it is waited for, and driven should the daemon leave
 * it. Whoever goes away meanwhile leaves a run that was never theirs.
 */
export async function resumeRun(parts: EngineParts, run: string, options: DriveOptions): Promise<RunRecord> {
  for (let isTold = false; ; isTold = true) {
    try {
      return await driveRun(parts, run, options);
    } catch (error) {
      if (!(error instanceof FleetError) || error.code !== 'run-held') throw error;
      const pid = findDaemonOf(parts, run);
      if (pid === null && parts.store.holder(run, momentOf(parts.clock)) !== null) throw error;
      if (pid !== null && !isTold)
        options.notice?.(`fleet daemon (pid ${pid}) drives run ${run}, which is shown to its end; Ctrl-C leaves`);
      await waitWhileDriven(parts, run, options.signal);
    }
  }
}

async function waitWhileDriven(parts: EngineParts, run: string, signal: AbortSignal): Promise<void> {
  while (findDaemonOf(parts, run) !== null) {
    await parts.clock.wait(lookEveryMs, signal);
    if (signal.aborted) throw new LeaseLost(run);
  }
}

/** The pid of the daemon that sees to the queue of this folder, on this computer, when it is also who drives the run. */
function findDaemonOf({ store, clock, owner }: EngineParts, run: string): number | null {
  const moment = momentOf(clock);
  const daemon = store.queueHolder(moment);
  if (daemon?.what !== 'daemon' || daemon.owner.host !== owner.host) return null;
  return isDeepStrictEqual(daemon.owner, store.holder(run, moment)?.owner) ? daemon.owner.pid : null;
}
