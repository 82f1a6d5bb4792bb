import { detachedExecutor } from '../../remote/detached/executor.ts';
import type { Drive } from '../drive.ts';
import { onAll } from '../gang/on-all.ts';
import { jobPlace } from '../job/job.ts';
import { readAsked, type AskedDetail } from './asked.ts';

/** Stops the present attempt, and not the run: why is kept first, since what follows its end depends on it. The guard on the host carries it out. */
export async function stopAttempt(drive: Drive, action: AskedDetail['asked']['action'], because: string): Promise<void> {
  if (readAsked(drive) !== null) return;
  const { attempt } = drive.record();
  const detail: AskedDetail = { asked: { action, because, attempt } };
  drive.tell('action', `${action}: stopping attempt ${attempt}: ${because}`, detail);
  await carryOnStopping(drive);
}

/** For whoever comes after: an attempt that was to be stopped is asked again, which changes nothing where it was. */
export async function carryOnStopping(drive: Drive): Promise<void> {
  const asked = readAsked(drive);
  if (asked === null) return;
  await onAll(drive, (worker) => worker.session.call(detachedExecutor.stopUnit(drive.actor, jobPlace(worker), asked.because)));
}
