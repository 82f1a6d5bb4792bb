import { whyNoAccelerator } from '../../facts/accelerator-requirements.ts';
import { compareRequirements } from '../../facts/requirements.ts';
import type { Facts } from '../../facts/facts.ts';
import type { Entry } from '../../playbook/entries/entry.ts';
import type { Drive } from '../drive.ts';
import type { Result } from './deeds/result.ts';

/**
 * What an entry needs of the host, held against the facts of this run. Null: all there. On a host without any accelerator what needs one is
 * skipped; anything else that is missing fails.
 */
export function judgeNeeds(drive: Drive, entry: Entry): Result | null {
  const needsAccelerators = entry.deed.kind === 'accelerators-free' || entry.requires?.accelerators != null;
  if (entry.requires === null && !needsAccelerators) return null;
  const recorded = drive.parts.store.readFacts(drive.host.name, drive.target.worker);
  if (recorded === null)
    throw new TypeError(`run ${drive.actor.run}: entries are walked before the facts of ${drive.host.name} are known`);
  const facts = recorded.facts as Facts;
  const why = needsAccelerators && drive.host.accelerators === null ? whyNoAccelerator(facts) : null;
  if (why !== null) return { result: 'skip', expected: null, observed: null, message: `it needs an accelerator: ${why}` };
  const unmet =
    entry.requires === null ? [] : compareRequirements(entry.requires, facts).filter(({ result }) => result !== 'pass');
  if (unmet.length === 0) return null;
  return {
    result: unmet.some(({ result }) => result === 'fail') ? 'fail' : 'error',
    expected: unmet.map(({ name, expected }) => `${name} ${expected}`).join(', '),
    observed: unmet.map(({ name, observed, message }) => `${name} ${observed ?? message ?? 'unknown'}`).join(', '),
    message: 'not begun: the host does not have what it needs',
  };
}
