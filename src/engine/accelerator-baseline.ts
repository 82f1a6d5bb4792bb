import type { Facts } from '../facts/facts.ts';
import type { Drive } from './drive.ts';

/**
 * As the requirements of this run were looked at. Facts of a host are overwritten by the next look at it, which `fleet facts` may have had since the
 * start: that is no baseline.
 */
export function readBaseline(drive: Drive): { index: number | null; memoryUsedBytes: number | null }[] {
  const seen = drive.parts.store.readFacts(drive.host.name, drive.target.worker);
  const { startedAt } = drive.record();
  if (seen === null || (startedAt !== null && seen.at > startedAt)) return [];
  const facts = seen.facts as Pick<Facts, 'accelerators'>;
  return facts.accelerators.kind === 'found' ? facts.accelerators.accelerators : [];
}
