import { isResult } from '../lifecycle/states.ts';
import type { RunRecord } from '../store/records.ts';
import { advance } from './advance.ts';
import type { DriveOptions } from './drive.ts';
import { holdRun } from './hold-run.ts';
import { answerStart, asksNothing } from './job/answer-start.ts';
import { readRun } from './make-drive.ts';
import type { EngineParts } from './parts.ts';

/**
 * Takes the lease of a run and walks it on, from wherever it stands, until it has a result, waits for a person, or `signal` aborts. A first
 * launch and a resume are the same walk. Throws LeaseLost when another controller takes over.
 */
export async function driveRun(parts: EngineParts, run: string, options: DriveOptions): Promise<RunRecord> {
  const { state } = readRun(parts, run);
  const { started } = options;
  if (started !== undefined && state !== 'blocked') throw asksNothing(run, state);
  if (!isResult(state)) {
    await holdRun(parts, run, options, async (drive) => {
      if (started !== undefined) await answerStart(drive, started);
      await advance(drive);
    });
  }
  return readRun(parts, run);
}
