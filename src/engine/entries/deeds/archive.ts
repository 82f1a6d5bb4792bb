import { archiveFiles } from '../../../remote/files.ts';
import type { Drive } from '../../drive.ts';
import type { Result } from './result.ts';

export async function archive(drive: Drive, globs: string[]): Promise<Result> {
  const moved = await drive.session.call(archiveFiles(drive.actor, drive.plan.playbook.workdir, globs));
  return {
    result: 'pass',
    expected: null,
    observed: moved.length === 0 ? 'nothing was there' : `put away: ${moved.join(', ')}`,
    message: null,
  };
}
