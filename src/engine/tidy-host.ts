import { tidyRun } from '../remote/claims.ts';
import { isUnit } from './entries/deeds/run-command.ts';
import type { Drive } from './drive.ts';

/** Takes the environment with its secrets off the host, and gives the machine back. A preflight of quick looks has left neither. */
export async function tidyHost(drive: Drive): Promise<void> {
  const { kind, playbook } = drive.plan;
  if (kind === 'launch' || playbook.validate.some(isUnit)) await drive.session.call(tidyRun(drive.actor));
}
