import { findResumePoint } from '../checkpoints/resume-point.ts';
import type { Drive } from '../drive.ts';
import { beginTry, readTry } from './record-try.ts';

/** The first attempt of a run that goes on from earlier ones: what it goes on from is known before its environment is sent. */
export async function goOnFromEarlier(drive: Drive): Promise<void> {
  const [earlier] = drive.plan.goesOnFrom ?? [];
  const { attempt } = drive.record();
  if (earlier === undefined || attempt !== 1 || readTry(drive) !== null) return;
  const checkpoint = await findResumePoint(drive);
  const from = checkpoint === null ? 'from the start: no checkpoint of it is whole' : `from ${checkpoint.path}`;
  drive.parts.store.together(() => {
    beginTry(drive, { attempt, because: `goes on from run ${earlier}`, checkpoint: checkpoint?.path ?? null });
    drive.tell('goes-on', `goes on from run ${earlier}: ${from}`);
  });
}
