import { isResult, type Health } from '../../lifecycle/states.ts';
import type { RunDocument } from '../../store/run-document.ts';
import type { Color } from '../screen.ts';
import { formatAge } from './quantities.ts';
import type { Cell } from './table.ts';

/** A run that goes on without anybody watching it on its behalf. */
export function isUndriven(run: Pick<RunDocument, 'state' | 'controller'>): boolean {
  return !isResult(run.state) && run.controller === null;
}

export function describeUndriven(run: Pick<RunDocument, 'id' | 'state'>): string {
  if (run.state === 'blocked') return `it waits for a person: fleet status ${run.id} says for what`;
  return `nobody drives it; to take it up again: fleet resume ${run.id}`;
}

/** `trm-sweep/e1_1_baseline`: the playbook, with the experiment where it is one. */
export function workOf({ playbook, point }: Pick<RunDocument, 'playbook' | 'point'>): string {
  return point === null ? playbook : `${playbook}/${point}`;
}

export function hostsOf(run: Pick<RunDocument, 'host' | 'workers'>): string {
  return run.host ?? [...new Set(run.workers.map((worker) => worker.host))].join(',');
}

/** What a person reads who leaves while the run goes on: `hasSuccessor` when somebody else is to drive it. A blocked run has said so itself. */
export function describeReturn(run: Pick<RunDocument, 'id' | 'state' | 'controller'>, hasSuccessor = false): string[] {
  if (isResult(run.state) || run.state === 'blocked') return [];
  if (run.state === 'halting') return [`run ${run.id} is still halting; to go on with it: fleet halt ${run.id}`];
  const isAlone = isUndriven(run) && !hasSuccessor;
  const [goesOn, back] = isAlone ? ['the run goes on, and nobody drives it', 'resume'] : ['the run goes on', 'watch'];
  return [`${goesOn}; to come back: fleet ${back} ${run.id}; to stop it: fleet halt ${run.id}`];
}

/** `failed (no-go)`, `running, unreachable`. */
export function describeState(run: RunDocument): Cell {
  const reason = run.outcome?.reason ?? null;
  const reach = !isResult(run.state) && run.reachability.status === 'unreachable' ? ', unreachable' : '';
  return { text: `${run.state}${reason === null ? '' : ` (${reason})`}${describeDegraded(run)}${reach}`, ...stateColor(run) };
}

/** `, degraded: cpu`: not in the profile that was asked for; without a name where the trainer has fallen back by itself. */
function describeDegraded({ outcome, attempts }: RunDocument): string {
  const [first, last] = [attempts[0], attempts.at(-1)];
  if (!(outcome?.degraded ?? last?.degraded ?? false)) return '';
  return last === undefined || last.profile === null || last.profile === first?.profile
    ? ', degraded'
    : `, degraded: ${last.profile}`;
}

export function describeHealth(health: Health): Cell {
  return health === 'unknown' ? { text: health, color: 'dim' } : { text: health, color: health };
}

export function describeReachability(run: RunDocument, nowMs: number): string {
  const { status, since, nextTryAt } = run.reachability;
  const age = since === null ? status : `${status} since ${since} (${formatAge(since, nowMs)})`;
  return nextTryAt === null || isResult(run.state) ? age : `${age}, next try ${describeNextTry(run, nextTryAt, nowMs)}`;
}

/** A try that was announced by a controller that is gone will not come. */
function describeNextTry({ controller }: RunDocument, nextTryAt: string, nowMs: number): string {
  if (controller === null) return 'with the next resume';
  return `at ${nextTryAt} (in ${Math.max(0, Math.ceil((Date.parse(nextTryAt) - nowMs) / 1000))} s)`;
}

export function describeController(run: RunDocument): string {
  if (run.controller === null) return isResult(run.state) ? 'nobody, it has ended' : 'nobody';
  const { user, host, pid, since } = run.controller;
  return `${user}@${host}, process ${pid}, since ${since}`;
}

function stateColor(run: RunDocument): { color?: Color } {
  switch (run.state) {
    case 'succeeded':
      return { color: run.outcome?.degraded === true ? 'yellow' : 'green' };
    case 'failed':
    case 'lost':
      return { color: 'red' };
    case 'halted':
    case 'cancelled':
    case 'blocked':
    case 'halting':
      return { color: 'yellow' };
    default:
      return run.reachability.status === 'unreachable' ? { color: 'yellow' } : {};
  }
}
