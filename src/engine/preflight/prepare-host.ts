import type { Drive } from '../drive.ts';
import { chooseMasterPort } from '../gang/master-port.ts';
import { namePlace } from '../gang/name-workers.ts';
import { decideNoGo } from './no-go.ts';
import { isFailed } from '../entries/check-rows.ts';
import { walkEntries } from '../entries/walk-entries.ts';

/** `preparing`: what changes the host before it is looked at. A failed entry ends the launch before anything costly. */
export async function prepareHost(drive: Drive): Promise<void> {
  await chooseMasterPort(drive);
  const records = await walkEntries(drive, 'prepare', drive.plan.playbook.prepare);
  if (records.some(isFailed)) {
    await decideNoGo(drive, ['preparing'], 'prepare-failed');
    return;
  }
  drive.transition({ from: ['preparing'], to: 'validating', event: drive.event('state', `validating on ${namePlace(drive)}`) });
}
