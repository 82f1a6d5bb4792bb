import { changedByPrepare, type ActiveState } from '../../lifecycle/states.ts';
import { isFailed, type Row } from '../entries/check-rows.ts';
import type { Drive } from '../drive.ts';
import { endFailed } from '../rollback/end-failed.ts';

type Look = Pick<Row, 'name' | 'expected' | 'observed' | 'message'>;

/** NO-GO: nothing of the run stays on the host, and what prepare changed is told. `failed` may hold looks that are not in the table. */
export async function decideNoGo(drive: Drive, from: ActiveState[], reason: string, failed: readonly Look[] = []): Promise<void> {
  const checks = drive.parts.store.readChecks(drive.actor.run);
  const told = checks.filter(isFailed);
  const all: Look[] = [...told, ...failed.filter(({ name }) => !told.some((check) => check.name === name))];
  const changed = checks.filter(({ kind, result, phase }) => phase === 'prepare' && kind === 'action' && result === 'pass');
  const message = [
    ...all.map(describe),
    ...changed.map(({ name, observed }) => `${changedByPrepare}${name}: ${observed ?? 'done'}`),
  ].join('\n');
  await endFailed(drive, {
    from,
    to: 'failed',
    event: drive.event('state', `NO-GO: ${all.map(({ name }) => name).join(', ')}`, { verdict: 'NO-GO', reason }),
    verdict: 'NO-GO',
    outcome: { result: 'failed', reason, exitCode: null, degraded: false },
    message,
  });
}

function describe({ name, expected, observed, message }: Look): string {
  const why = message === null ? '' : ` (${message})`;
  return `${name}: expected ${expected ?? 'success'}, got ${observed ?? 'nothing'}${why}`;
}
