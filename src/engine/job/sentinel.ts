import type { UnitState } from '../../remote/executor.ts';
import { listFiles } from '../../remote/files.ts';
import type { Drive } from '../drive.ts';
import { launchOf } from './job.ts';

/** Does the halt file lie there, made by a person or the job itself? The one that the guard makes to stop this attempt says nothing of what a person wants. */
export async function hasSentinel(drive: Drive, { haltMoves }: UnitState): Promise<boolean> {
  const { sentinel } = launchOf(drive).halt;
  if (sentinel === null || haltMoves.some((move) => /^\d+ sentinel /.test(move))) return false;
  return (await drive.session.call(listFiles(drive.plan.playbook.workdir, [sentinel]))).length > 0;
}
