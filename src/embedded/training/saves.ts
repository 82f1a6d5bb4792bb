import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { writeCheckpoint, writeHalfCheckpoint } from './checkpoint.ts';
import { PretendFailure } from './failure.ts';
import { describeFullDisk } from './failure-texts.ts';
import { waitForLostRank } from './lost-rank.ts';
import { pause } from './pause.ts';
import type { Run } from './run.ts';

/** Saves the step that was taken last, as rank 0 does for all. Returns the milliseconds in which no step was taken. */
export async function saveCheckpoint(run: Run): Promise<number> {
  const { config, faults, outputs, rank, step } = run;
  const path = rank.rank === 0 ? outputs.checkpointPath(step) : null;
  const bytes = config.checkpointBytes;
  if (step >= (faults.stepOf('disk-full', config.steps) ?? Infinity)) {
    if (path === null) return await waitForLostRank(run);
    throw failOfFullDisk(run, path);
  }
  const isSlow = faults.has('slow-save');
  if (isSlow && path !== null) writeHalfCheckpoint(path, bytes);
  const pausedMs = isSlow ? await pause(run) : 0;
  if (path !== null) {
    writeCheckpoint(path, bytes);
    outputs.addCheckpoint(step);
  }
  return pausedMs;
}

/** Whether somebody wants a checkpoint now: the file `.SAVE`, which is taken away. */
export function takeSaveWish({ config, rank }: Run): boolean {
  const path = join(config.outDir, '.SAVE');
  if (rank.rank !== 0 || !existsSync(path)) return false;
  rmSync(path);
  return true;
}

function failOfFullDisk(run: Run, path: string): PretendFailure {
  writeHalfCheckpoint(path, run.config.checkpointBytes);
  return new PretendFailure(describeFullDisk(run, Math.floor(run.config.checkpointBytes / 2)));
}
