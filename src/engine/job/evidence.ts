import type { UnitState } from '../../remote/executor.ts';

/**
 * What a look at a job means.
 *
 * - `alive`: a process, or a wrapper that still has to write the exit status.
 * - `over`: the exit status is there; nothing else says so.
 * - `look-again`: no process and no exit status, seen once: it may be in between.
 * - `lost`: proof that there will be no exit status: seen twice, or a later incarnation of the same machine.
 * - `elsewhere`: another machine answered, as behind a shared home or a moved address. It says nothing about the run.
 */
export type Finding =
  | { kind: 'alive' | 'look-again' }
  | { kind: 'over'; exitCode: number }
  | { kind: 'lost'; reason: 'reboot' | 'no-exit-status'; sentence: string }
  | { kind: 'elsewhere'; sentence: string };

/** `goneBefore`: the look before this one found neither a process nor an exit status. */
export function judgeEvidence(state: UnitState, recorded: { incarnation: string | null }, goneBefore: boolean): Finding {
  const startedOn = state.startedOn ?? recorded.incarnation;
  if (startedOn !== null && !isSameMachine(startedOn, state.incarnation)) {
    return { kind: 'elsewhere', sentence: `another machine answers: the run is on ${startedOn}, this is ${state.incarnation}` };
  }
  if (state.word === 'exited') {
    return state.exitCode === null ? { kind: 'look-again' } : { kind: 'over', exitCode: state.exitCode };
  }
  if (startedOn !== null && startedOn !== state.incarnation) {
    return {
      kind: 'lost',
      reason: 'reboot',
      sentence: `the machine was started again: the run was on ${startedOn}, now it is ${state.incarnation}`,
    };
  }
  if (state.word === 'running' || state.word === 'starting' || state.word === 'ending') return { kind: 'alive' };
  if (!goneBefore) return { kind: 'look-again' };
  return { kind: 'lost', reason: 'no-exit-status', sentence: 'no process and no exit status, in two looks' };
}

/** Machine id and host name; boot, pid namespace and start of pid 1 tell its incarnations apart. */
function isSameMachine(one: string, other: string): boolean {
  const machine = (incarnation: string) => incarnation.split(' ').slice(0, 2).join(' ');
  return machine(one) === machine(other);
}
