import type { UnitState } from '../../remote/executor.ts';
import { describeElsewhere, isSameMachine } from '../../remote/identity.ts';

/**
 * What a look at a job means, and what follows. The rows of docs/host-protocol.md, each with a test.
 *
 * - `silent`: no answer. Nothing is known to have happened, and nothing follows.
 * - `elsewhere`: another machine answered, as behind a shared home or a moved address. It says nothing about the run.
 * - `over`: the exit status is there; nothing else says so. `verifying` follows.
 * - `lost`: proof that there will be no exit status: a later incarnation of the same machine, or nothing in two looks.
 * - `alive`: a process, or a wrapper that still has to write the exit status.
 * - `look-again`: no process and no exit status, seen once: it may be in between.
 * - `hidden`: nothing is seen, and /proc hides the processes of other users: the job may have become one. Nothing follows.
 */
export type Finding =
  | { kind: 'silent' | 'elsewhere' | 'alive' | 'look-again' | 'hidden'; sentence: string }
  | { kind: 'over'; exitCode: number; sentence: string }
  | { kind: 'lost'; reason: 'reboot' | 'no-exit-status'; sentence: string };

/** `state` null: the host does not answer. `goneBefore`: the look before this one found neither a process nor an exit status. */
export function judgeEvidence(state: UnitState | null, recorded: { incarnation: string | null }, goneBefore: boolean): Finding {
  if (state === null) return { kind: 'silent', sentence: 'the host does not answer: nothing is known to have failed' };
  const startedOn = state.startedOn ?? recorded.incarnation;
  if (startedOn !== null && !isSameMachine(startedOn, state.incarnation)) {
    return { kind: 'elsewhere', sentence: describeElsewhere(startedOn, state.incarnation) };
  }
  if (state.word === 'exited' && state.exitCode !== null) {
    return { kind: 'over', exitCode: state.exitCode, sentence: `its exit status is on the host: ${state.exitCode}` };
  }
  if (startedOn !== null && startedOn !== state.incarnation) {
    return {
      kind: 'lost',
      reason: 'reboot',
      sentence: `the machine was started again: the run was on ${startedOn}, now it is ${state.incarnation}`,
    };
  }
  if (state.word === 'running') return { kind: 'alive', sentence: `its process lives: pid ${state.pid ?? 'unknown'}` };
  if (state.word === 'starting') return { kind: 'alive', sentence: 'its start is under way' };
  if (state.word === 'ending') return { kind: 'alive', sentence: 'its process has ended, the exit status is still to come' };
  if (state.hidesProcesses) {
    return {
      kind: 'hidden',
      sentence: 'no process is seen and there is no exit status, but /proc hides the processes of other users (hidepid)',
    };
  }
  if (!goneBefore) return { kind: 'look-again', sentence: 'no process and no exit status, in one look' };
  return { kind: 'lost', reason: 'no-exit-status', sentence: 'no process and no exit status, in two looks' };
}
