import { haltStale } from '../../../remote/stale.ts';
import type { Drive } from '../../drive.ts';
import type { Result } from './result.ts';

export async function haltStaleProcesses(drive: Drive, match: string): Promise<Result> {
  const { stopped, survivors } = await drive.session.call(haltStale(drive.actor, match, drive.plan.playbook.workdir));
  const expected = `no process of ours with "${match}"`;
  if (survivors.length > 0) return { result: 'fail', expected, observed: `still there: ${survivors.join('; ')}`, message: null };
  return {
    result: 'pass',
    expected,
    observed: stopped.length === 0 ? 'none was there' : `stopped: ${stopped.join('; ')}`,
    message: null,
  };
}
