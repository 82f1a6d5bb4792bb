import type { ActiveState } from '../lifecycle/states.ts';
import type { Drive } from './drive.ts';
import { tidyHost } from './tidy-host.ts';

/** NO-GO: nothing of the run stays on the host, and what prepare changed is told. */
export async function decideNoGo(drive: Drive, from: ActiveState[], reason: string): Promise<void> {
  await tidyHost(drive);
  const checks = drive.parts.store.readChecks(drive.actor.run);
  const failed = checks.filter(({ result }) => result === 'fail' || result === 'error');
  const changed = checks.filter(({ kind, result, phase }) => phase === 'prepare' && kind === 'action' && result === 'pass');
  const message = [
    ...failed.map(({ name, expected, observed }) => `${name}: expected ${expected ?? 'success'}, got ${observed ?? 'nothing'}`),
    ...changed.map(({ name, observed }) => `prepare has changed: ${name}: ${observed ?? 'done'}`),
  ].join('\n');
  drive.transition({
    from,
    to: 'failed',
    event: drive.event('state', `NO-GO: ${failed.map(({ name }) => name).join(', ')}`, { verdict: 'NO-GO', reason }),
    verdict: 'NO-GO',
    outcome: { result: 'failed', reason, exitCode: null, degraded: false },
    message,
  });
}
