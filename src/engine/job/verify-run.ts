import { formatDuration, formatSize } from '../../language/units.ts';
import { detachedExecutor } from '../../remote/detached/executor.ts';
import { lookForMembers } from '../../remote/members.ts';
import type { Outcome } from '../../lifecycle/states.ts';
import type { Drive } from '../drive.ts';
import { onAll } from '../gang/on-all.ts';
import { findDecider, readFailed } from '../gang/worker-failed.ts';
import { readWorker } from '../read-worker.ts';
import { endRun } from '../end-run.ts';
import { endFailed } from '../rollback/end-failed.ts';
import { endTry } from '../attempts/record-try.ts';
import { firstAttemptInProfile } from '../attempts/profiles.ts';
import { gatherEnding } from './gather-ending.ts';
import { decideOutcome, describeOutcome, explainFailure, type Ending } from './outcome.ts';
import { watchEnvironment } from './prove-environment.ts';
import { jobPlace } from './job.ts';
import { isFailed } from '../entries/check-rows.ts';
import { walkEntries } from '../entries/walk-entries.ts';

/** `verifying`: the job is over; the promised artifacts are looked at, and the outcome is decided from all that is known. */
export async function verifyRun(drive: Drive): Promise<void> {
  const { playbook } = drive.plan;
  const run = drive.actor.run;
  const { store } = drive.parts;
  const decider = findDecider(drive);
  const state = await decider.session.call(detachedExecutor.watch(drive.actor, jobPlace(decider)));
  const exitCode = state.exitCode ?? readWorker(decider)?.exitCode ?? null;
  if (exitCode === null) throw new TypeError(`run ${run}: verifying without an exit status`);
  const records = await walkEntries(drive, 'verify', playbook.verify);
  const first = firstAttemptInProfile(drive);
  const ending = {
    ...(await gatherEnding(decider, state, exitCode)),
    environmentProved: watchEnvironment(drive).proved(),
    artifactsMissing: records.some(isFailed),
    violated: store
      .readCriteria(run)
      .filter(({ attempt, verdict, severity }) => (attempt ?? 0) >= first && verdict === 'violated' && severity === 'red')
      .map(({ name }) => name),
  };
  const outcome = decideOutcome(ending);
  await tellLeftovers(drive);
  const said = outcome.reason === 'not-begun' ? state.error : describeVerdict(state.verdict);
  const what = said ?? (outcome.reason === 'exit-status' ? (ending.failure?.class ?? null) : null);
  const text = describeOutcome(outcome, nameCause(drive, outcome, what));
  // Of a job that fleet itself has stopped the end says nothing.
  const explained = outcome.result === 'failed' && !ending.notReady ? explainFailure(ending.failure) : [];
  const last = { from: ['verifying'] as const, event: drive.event('state', text), outcome };
  const message = outcome.reason === null ? null : [text, ...explained].join('\n');
  endTry(drive, {
    ...{ exitCode: outcome.exitCode, failure: nameFailure(outcome, ending), text },
    seconds: state.ranSeconds ?? null,
  });
  if (outcome.result === 'failed') await endFailed(drive, { ...last, to: 'failed', message });
  else await endRun(drive, { ...last, to: outcome.result, message });
}

/** The class of the failure where it is known, else the reason of the outcome. */
function nameFailure({ result, reason }: Outcome, { failure, notReady }: Ending): string | null {
  if (result !== 'failed') return null;
  return notReady ? reason : (failure?.class ?? reason);
}

/** With the worker that it is of, where the run has several. */
function nameCause(drive: Drive, { result }: Outcome, what: string | null): string | null {
  const failed = drive.workers.length === 1 || result !== 'failed' ? null : readFailed(drive);
  const said = [failed?.because ?? null, what].filter((text) => text !== null);
  return said.length === 0 ? null : said.join(': ');
}

/** What the guard saw, in words. */
function describeVerdict(verdict: string | null): string | null {
  const [word, amount = '', ...path] = verdict?.split(' ') ?? [];
  if (word === 'time-limit') return `${formatDuration(Number(amount))} of wall clock`;
  if (word === 'stall') return `${formatDuration(Number(amount))} without one`;
  if (word === 'disk-floor') return `less than ${formatSize(Number(amount))} free at ${path.join(' ')}`;
  return null;
}

/** Processes that outlived their job would hold devices unseen. They are told, not killed: the run is not being halted. */
async function tellLeftovers(drive: Drive): Promise<void> {
  const looks = await onAll(drive, (worker) => worker.session.call(lookForMembers(drive.actor.run)));
  const left = looks.flat();
  if (left.length === 0) return;
  const text = `the job ended and left processes: ${left.map(({ pid, command }) => `pid ${pid} ${command}`).join('; ')}`;
  drive.tell('leftovers', `${text}; fleet halt ${drive.actor.run} stops them`);
}
