import { FleetError, messageOf } from '../../errors.ts';
import { ConnectionFailed, QuestionTimedOut } from '../../ssh/failures.ts';
import { isFailed, settleAll, type Row } from '../entries/check-rows.ts';
import { findWaiver } from '../entries/waivers.ts';
import type { Drive } from '../drive.ts';
import { takeMachine } from '../hold-machine.ts';
import { isSilence } from '../host-session.ts';
import { describeKeptRun } from '../kept-record.ts';
import { keepRecord } from '../../remote/records.ts';
import { decideNoGo } from './no-go.ts';
import { lookAtQuarantine } from './quarantine.ts';
import { sweepHost } from './sweep-host.ts';
import { lookAtHost } from './requirements.ts';

const firstTries = 3;
const betweenTriesMs = 2_000;

/**
 * `queued`: the host is looked at before anything is changed: what a run needs at all, what the playbook requires, and whether another run has
 * the machine. A host that never answered leaves a cancelled run, since nothing was sent.
 */
export async function beginRun(drive: Drive): Promise<void> {
  const quarantine = lookAtQuarantine(drive);
  const { kind } = drive.plan;
  if (kind === 'launch' && isStopped(drive, quarantine)) {
    settleAll(drive, 'requirements', [quarantine]);
    endBeforeContact(drive, quarantine);
    return;
  }
  const looked = await firstContact(drive, () => lookAtHost(drive));
  if (looked === null) return;
  const rows = [quarantine, ...looked];
  if (kind === 'launch' && !rows.some((row) => isStopped(drive, row))) rows.push(await takeMachine(drive));
  settleAll(drive, 'requirements', rows);
  const failed = rows.filter((row) => isStopped(drive, row));
  if (kind === 'launch' && (failed.length > 0 || hasFailedBefore(drive))) {
    await decideNoGo(drive, ['queued'], failed[0]?.reason ?? 'no-go', failed);
    return;
  }
  if (kind === 'launch') {
    await drive.session.call(keepRecord(drive.actor, describeKeptRun(drive, null)));
    await sweepHost(drive);
  }
  const to = kind === 'launch' ? 'preparing' : 'validating';
  drive.transition({ from: ['queued'], to, event: drive.event('state', `${to} on ${drive.host.name}`) });
}

/** A host in quarantine is not even asked: nothing of the run is there, and nothing has to be tidied. */
function endBeforeContact(drive: Drive, { name, expected, observed, message }: Row): void {
  const reason = 'quarantined';
  drive.transition({
    from: ['queued'],
    to: 'failed',
    event: drive.event('state', `NO-GO: ${name}`, { verdict: 'NO-GO', reason }),
    verdict: 'NO-GO',
    outcome: { result: 'failed', reason, exitCode: null, degraded: false },
    message: `${name}: expected ${expected ?? ''}, got ${observed ?? ''} (${message ?? ''})`,
  });
}

/** Null when the host could not be reached or trusted: the run is cancelled then. */
async function firstContact<T>(drive: Drive, look: () => Promise<T>): Promise<T | null> {
  for (let tries = 1; ; tries++) {
    try {
      return await look();
    } catch (error) {
      if (!isSilence(error)) {
        // Nothing was sent that a run would have to come back for.
        if (error instanceof FleetError) cancel(drive, error.code, error.message);
        throw error;
      }
      const retryable = !(error instanceof ConnectionFailed) || error.retryable;
      if (!retryable || tries === firstTries) {
        const suggestions = error.suggestions.map((suggestion) => `; ${suggestion}`).join('');
        cancel(drive, error instanceof QuestionTimedOut ? 'host-hangs' : error.code, `${messageOf(error)}${suggestions}`);
        return null;
      }
      await drive.parts.clock.wait(betweenTriesMs, drive.signal);
      drive.signal.throwIfAborted();
    }
  }
}

function cancel(drive: Drive, reason: string, message: string): void {
  drive.must(
    drive.parts.store.recordReachability(
      drive.lease,
      'unreachable',
      drive.parts.clock.now(),
      drive.event('unreachable', message),
    ),
  );
  drive.transition({
    from: ['queued'],
    to: 'cancelled',
    event: drive.event('state', `cancelled: ${drive.host.name} could not be reached or trusted, nothing was sent`),
    outcome: { result: 'cancelled', reason, exitCode: null, degraded: false },
    message,
  });
}

/** An earlier controller may have recorded a failure and died before the verdict: it stays. */
function hasFailedBefore(drive: Drive): boolean {
  return drive.parts.store.readChecks(drive.actor.run).some(isFailed);
}

function isStopped(drive: Drive, row: Row): boolean {
  return isFailed({ result: row.result, waiver: findWaiver(drive.plan, row) });
}
