import { FleetError, messageOf } from '../../errors.ts';
import { ConnectionFailed, QuestionTimedOut } from '../../ssh/failures.ts';
import { isFailed, settleAll, type Row } from '../entries/check-rows.ts';
import { findWaiver } from '../entries/waivers.ts';
import type { Drive } from '../drive.ts';
import type { Facts } from '../../facts/facts.ts';
import { mergeTables } from '../gang/merge-rows.ts';
import { namePlace, nameWorker, nameWorkers } from '../gang/name-workers.ts';
import { onAll } from '../gang/on-all.ts';
import { takeMachines } from '../hold-machine.ts';
import { compareFacts } from './compare-facts.ts';
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
 * `queued`: the hosts are looked at before anything is changed: what a run needs at all, what the playbook requires, and whether another run has
 * a machine. A run of which a worker never answered is cancelled, since nothing was sent.
 */
export async function beginRun(drive: Drive): Promise<void> {
  const quarantine = lookAtQuarantine(drive);
  const { kind } = drive.plan;
  if (kind === 'launch' && isStopped(drive, quarantine)) {
    settleAll(drive, 'requirements', [quarantine]);
    endBeforeContact(drive, quarantine);
    return;
  }
  const looked = await lookAtWorkers(drive);
  if (looked === null) return;
  const rows = [quarantine, ...looked];
  if (kind === 'launch' && !rows.some((row) => isStopped(drive, row))) rows.push(await takeMachines(drive));
  settleAll(drive, 'requirements', rows);
  const failed = rows.filter((row) => isStopped(drive, row));
  if (kind === 'launch' && (failed.length > 0 || hasFailedBefore(drive))) {
    await decideNoGo(drive, ['queued'], failed[0]?.reason ?? 'no-go', failed);
    return;
  }
  if (kind === 'launch') {
    await onAll(drive, (worker) => worker.session.call(keepRecord(drive.actor, describeKeptRun(drive, null))));
    await onAll(drive, sweepHost);
  }
  const to = kind === 'launch' ? 'preparing' : 'validating';
  drive.transition({ from: ['queued'], to, event: drive.event('state', `${to} on ${namePlace(drive)}`) });
}

/** The table of all workers. Null when one of them could not be reached or trusted: the run is cancelled then. */
async function lookAtWorkers(drive: Drive): Promise<Row[] | null> {
  const { targets } = drive.plan;
  const looks = await onAll(drive, async (worker) => ({ worker, found: await firstContact(worker) }));
  const silent = looks.flatMap(({ worker, found }) => (found.kind === 'silent' ? [{ worker, ...found }] : []));
  const [first] = silent;
  if (first !== undefined) {
    const said = silent.map(({ worker, message }) =>
      targets.length === 1 ? message : `${nameWorker(targets, worker.target)}: ${message}`,
    );
    const who =
      targets.length === 1
        ? drive.host.name
        : nameWorkers(
            targets,
            silent.map(({ worker }) => worker.target),
          );
    cancel(drive, { reason: first.reason, message: said.join('\n'), who });
    if (first.defect !== null) throw first.defect;
    return null;
  }
  const seen = looks.flatMap(({ worker, found }) => (found.kind === 'seen' ? [{ worker, ...found }] : []));
  const tables = seen.map(({ worker, rows }) => ({ target: worker.target, rows }));
  const alike =
    targets.length === 1
      ? []
      : [
          compareFacts(
            targets,
            seen.map(({ facts }) => facts),
          ),
        ];
  return [...mergeTables(targets, tables), ...alike];
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

type FirstContact =
  | { kind: 'seen'; rows: Row[]; facts: Facts }
  /** `defect`: not of the network, and to be thrown once the run is cancelled. */
  | { kind: 'silent'; reason: string; message: string; defect: FleetError | null };

async function firstContact(worker: Drive): Promise<FirstContact> {
  for (let tries = 1; ; tries++) {
    try {
      return { kind: 'seen', ...(await lookAtHost(worker)) };
    } catch (error) {
      if (!isSilence(error)) {
        // Nothing was sent that a run would have to come back for.
        if (error instanceof FleetError) return { kind: 'silent', reason: error.code, message: error.message, defect: error };
        throw error;
      }
      const retryable = !(error instanceof ConnectionFailed) || error.retryable;
      if (!retryable || tries === firstTries) {
        const suggestions = error.suggestions.map((suggestion) => `; ${suggestion}`).join('');
        const reason = error instanceof QuestionTimedOut ? 'host-hangs' : error.code;
        return { kind: 'silent', reason, message: `${messageOf(error)}${suggestions}`, defect: null };
      }
      await worker.parts.clock.wait(betweenTriesMs, worker.signal);
      worker.signal.throwIfAborted();
    }
  }
}

function cancel(drive: Drive, { reason, message, who }: { reason: string; message: string; who: string }): void {
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
    event: drive.event('state', `cancelled: ${who} could not be reached or trusted, nothing was sent`),
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
