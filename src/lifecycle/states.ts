/**
 * The states of a run. `queued` to `halting` are active; the last five are results and never change again.
 *
 * - `queued`: recorded, nothing sent. A crash leaves a run that `resume` takes up from the start.
 * - `preparing`, `validating`: the ordered lists are walked; each entry is claimed and settled, so a crash loses one look at most.
 * - `blocked`: waits for a person; nothing runs on behalf of the run meanwhile, but what was started goes on.
 * - `launching`: the intent to start is durable and the start may have been sent. A crash here is answered by asking the host.
 * - `running`: the host has said that the job's process exists. Only the host's evidence leads out.
 * - `lingering`: the work is done and the process does not exit.
 * - `restarting`: an attempt ended and the next one is being made.
 * - `verifying`: the job is over; the promised artifacts are looked at.
 * - `rolling-back`: the run has failed and its rollback list is walked. How it ends is stored; a crash leaves a list that is walked on.
 * - `halting`: a person wants it stopped. Left only by proof that nothing of the run lives.
 */
export const activeStates = [
  'queued',
  'preparing',
  'validating',
  'blocked',
  'launching',
  'running',
  'lingering',
  'restarting',
  'verifying',
  'rolling-back',
  'halting',
] as const;

export const results = ['succeeded', 'failed', 'halted', 'cancelled', 'lost'] as const;

export type ActiveState = (typeof activeStates)[number];
export type Result = (typeof results)[number];
export type RunState = ActiveState | Result;

export function isResult(state: RunState): state is Result {
  return (results as readonly string[]).includes(state);
}

const withoutJob: readonly RunState[] = ['queued', 'preparing', 'validating', 'launching'];

/** Whether no job of the run is known to have been started: a run that is stopped here is cancelled, later it is halted. */
export function precedesJob({ state, startedAt }: { state: RunState; startedAt: number | null }): boolean {
  return startedAt === null && withoutJob.includes(state);
}

/** How a line of a NO-GO's message begins that tells what was changed before it. */
export const changedByPrepare = 'prepare has changed: ';

export type Health = 'green' | 'yellow' | 'red' | 'unknown';
export type Reachability = 'reachable' | 'unreachable' | 'unknown';
export type Verdict = 'GO' | 'NO-GO' | 'GO-WITH-WAIVER';
export type CheckResult = 'pass' | 'warn' | 'fail' | 'skip' | 'error';
export type CriterionVerdict = 'met' | 'violated' | 'inconclusive' | 'pending';
export type Severity = 'red' | 'yellow';
export type Phase = 'requirements' | 'prepare' | 'validate' | 'launch' | 'monitor' | 'verify' | 'rollback';

export interface Outcome {
  result: Result;
  /** Stable, kebab-case: `no-go`, `exit-status`, `criterion-violated`, `host-unreachable`; null when there is nothing to add. */
  reason: string | null;
  exitCode: number | null;
  degraded: boolean;
}
