import { rfc3339 } from '../../clock.ts';
import { hostOf } from '../../language/place.ts';
import { ownChecks } from '../../lifecycle/own-checks.ts';
import type { Row } from '../entries/check-rows.ts';
import type { Drive } from '../drive.ts';

/** Whether somebody has taken the host out of use. */
export function lookAtQuarantine(drive: Drive): Row {
  const found = drive.parts.store
    .listQuarantines()
    .find(({ host }) => drive.plan.hosts.some(({ name }) => hostOf(name) === host));
  const name = ownChecks.quarantine;
  const expected = 'no quarantine';
  if (found === undefined) return { name, result: 'pass', expected, observed: 'none', message: null, seconds: null };
  const where = drive.plan.hosts.length === 1 ? '' : `${found.host}: `;
  const observed = `${where}${found.reason}, by ${found.by} at ${rfc3339(found.at)}`;
  const message = `when it is understood: fleet quarantine ${found.host} --lift`;
  return { name, result: 'fail', expected, observed, message, seconds: null, reason: 'quarantined' };
}
