import { sourceEntries } from '../../playbook/entries/source-entry.ts';
import type { Drive } from '../drive.ts';
import { chooseMasterPort } from '../gang/master-port.ts';
import { namePlace } from '../gang/name-workers.ts';
import { decideNoGo } from './no-go.ts';
import { endRun } from '../end-run.ts';
import { isFailed, settleAll, type Row } from '../entries/check-rows.ts';
import { walkEntries } from '../entries/walk-entries.ts';

/** `validating`: the GO / NO-GO table. A preflight comes here whatever was found before, so that the table is whole. */
export async function validateHost(drive: Drive): Promise<void> {
  const { playbook, kind } = drive.plan;
  await chooseMasterPort(drive);
  if (kind === 'validate') await lookBeforeChanges(drive);
  await walkEntries(drive, 'validate', [...sourceEntries(playbook), ...playbook.validate]);
  if (drive.parts.store.readChecks(drive.actor.run).some(isFailed)) {
    await decideNoGo(drive, ['validating'], 'no-go');
    return;
  }
  const verdict = hasWaiver(drive) ? 'GO-WITH-WAIVER' : 'GO';
  if (kind === 'launch') {
    const event = drive.event('state', `${verdict}: launching on ${namePlace(drive)}`, { verdict });
    drive.transition({ from: ['validating'], to: 'launching', event, verdict });
    return;
  }
  await endRun(drive, {
    from: ['validating'],
    to: 'succeeded',
    event: drive.event('state', verdict, { verdict }),
    verdict,
    outcome: { result: 'succeeded', reason: null, exitCode: null, degraded: false },
  });
}

/** A preflight changes nothing: of prepare it makes the looks that stand before everything that does, and shows those after as not made. */
async function lookBeforeChanges(drive: Drive): Promise<void> {
  const { prepare } = drive.plan.playbook;
  const first = prepare.findIndex(({ kind }) => kind === 'action');
  const until = first < 0 ? prepare.length : first;
  await walkEntries(drive, 'prepare', prepare.slice(0, until));
  const message = `not looked at: "${prepare[until]?.name ?? ''}" would change the host first`;
  const rest = prepare.slice(until).filter(({ kind }) => kind === 'check');
  const rows = rest.map(({ name }): Row => ({ name, result: 'skip', expected: null, observed: null, message, seconds: null }));
  settleAll(drive, 'prepare', rows, until);
}

/** In any phase so far: what was waived before the host was changed counts, too. */
function hasWaiver(drive: Drive): boolean {
  return drive.parts.store.readChecks(drive.actor.run).some(({ waiver }) => waiver !== null);
}
