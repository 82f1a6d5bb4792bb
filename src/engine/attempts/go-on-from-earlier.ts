import { takeSentinel } from '../../remote/leftovers.ts';
import { findResumePoint } from '../checkpoints/resume-point.ts';
import type { Drive } from '../drive.ts';
import { onAll } from '../gang/on-all.ts';
import { jobPlace } from '../job/job.ts';
import { askForLease } from '../keep-lease.ts';
import { readRun } from '../make-drive.ts';
import { beginTry, readTry } from './record-try.ts';

/** The first attempt of a run that goes on from earlier ones: what it goes on from is known before its environment is sent. */
export async function goOnFromEarlier(drive: Drive): Promise<void> {
  const { goesOnFrom = [] } = drive.plan;
  const [earlier] = goesOnFrom;
  const { attempt } = drive.record();
  if (earlier === undefined || attempt !== 1 || readTry(drive) !== null) return;
  for (const run of goesOnFrom) await takeSentinelOf(drive, run);
  const checkpoint = await findResumePoint(drive);
  const from = checkpoint === null ? 'from the start: no checkpoint of it is whole' : `from ${checkpoint.path}`;
  drive.parts.store.together(() => {
    beginTry(drive, { attempt, because: `goes on from run ${earlier}`, checkpoint: checkpoint?.path ?? null });
    drive.tell('goes-on', `goes on from run ${earlier}: ${from}`);
  });
}

/** The halt file by which an earlier run was told to stop would stop this one too. One that a person has made stays. */
async function takeSentinelOf(drive: Drive, earlier: string): Promise<void> {
  const { parts } = drive;
  const answer = askForLease(parts, earlier, { takeOver: false });
  if (!answer.taken) return;
  const actor = { run: earlier, token: answer.lease.token };
  const { attempt } = readRun(parts, earlier);
  try {
    await onAll(drive, (worker) => worker.session.call(takeSentinel(actor, { ...jobPlace(worker), attempt })));
  } finally {
    parts.store.releaseLease(answer.lease);
  }
}
