import type { CheckRecord } from '../../store/records.ts';
import { checkSource } from '../entries/deeds/source.ts';
import type { Drive } from '../drive.ts';
import { decideNoGo } from './no-go.ts';
import { endRun } from '../end-run.ts';
import { planEntry, walkEntries, type Planned } from '../entries/walk-entries.ts';

/** `validating`: the GO / NO-GO table. */
export async function validateHost(drive: Drive): Promise<void> {
  const { playbook, kind } = drive.plan;
  const records = await walkEntries(drive, 'validate', [
    ...planSource(drive),
    ...playbook.validate.map((entry) => planEntry(drive, entry)),
  ]);
  if (records.some(isFailed)) {
    await decideNoGo(drive, ['validating'], 'no-go');
    return;
  }
  const verdict = 'GO' as const;
  if (kind === 'launch') {
    const event = drive.event('state', `GO: launching on ${drive.host.name}`, { verdict });
    drive.transition({ from: ['validating'], to: 'launching', event, verdict });
    return;
  }
  await endRun(drive, {
    from: ['validating'],
    to: 'succeeded',
    event: drive.event('state', 'GO', { verdict }),
    verdict,
    outcome: { result: 'succeeded', reason: null, exitCode: null, degraded: false },
  });
}

/** The source is a check like any other, and the first one. */
export function planSource(drive: Drive): Planned[] {
  const { source } = drive.plan.playbook;
  if (source === null) return [];
  const perform = () => checkSource(drive, source);
  return [{ kind: 'check', name: 'the source is what we mean', severity: 'fail', costly: false, perform }];
}

export function isFailed({ result }: Pick<CheckRecord, 'result'>): boolean {
  return result === 'fail' || result === 'error';
}
