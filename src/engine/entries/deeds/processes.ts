import { isWithin } from '../../../language/range.ts';
import { hideSecrets } from '../../../facts/holders.ts';
import type { Deed } from '../../../playbook/entries/entry.ts';
import { findProcesses } from '../../../remote/processes.ts';
import type { Drive } from '../../drive.ts';
import type { Result } from './result.ts';

const shownProcesses = 5;

export async function checkProcesses(drive: Drive, { match, count }: Extract<Deed, { kind: 'processes' }>): Promise<Result> {
  const found = await drive.session.call(findProcesses(match, drive.host.slot?.indices ?? null));
  const shown = found.slice(0, shownProcesses).map(({ pid, user, command }) => `pid ${pid} of ${user}: ${hideSecrets(command)}`);
  return {
    result: isWithin(count, found.length) ? 'pass' : 'fail',
    expected: `${count.text} processes with "${match}"`,
    observed: [String(found.length), ...shown].join('; '),
    message: null,
  };
}
