import { exportLines } from '../remote/author-command.ts';
import { putEnvironment } from '../remote/claims.ts';
import { fallbackOf } from './attempts/profiles.ts';
import type { Drive } from './drive.ts';
import { pushEnvironment } from './entries/deeds/run-command.ts';
import { requireSecrets } from './secrets.ts';

/** That of the job, and that of the attempt in another profile that the guard may make after it. */
export async function pushEnvironments(drive: Drive, attempt: number, limit?: AbortSignal): Promise<void> {
  await pushEnvironment(drive, attempt, limit);
  const fallback = fallbackOf(drive.plan);
  if (fallback === null) return;
  const environment = drive.environments.of(fallback.playbook);
  requireSecrets(environment);
  await drive.session.call(
    putEnvironment(drive.actor, attempt, drive.target.index, exportLines(environment.variables), 'env-next'),
    limit,
  );
}
