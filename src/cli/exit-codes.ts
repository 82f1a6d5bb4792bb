import { exitCodes, FleetError, type ExitCode } from '../errors.ts';
import type { Outcome } from '../lifecycle/states.ts';

/** What the help and the README say of each exit code. */
export const exitCodeMeanings: readonly { code: ExitCode; text: string }[] = [
  { code: exitCodes.done, text: 'done; for launch and resume: every run succeeded (--detach: started); for halt: proved gone' },
  { code: exitCodes.couldNot, text: 'fleet could not do it: store locked, disk full, a live controller holds the run, a defect' },
  { code: exitCodes.usage, text: 'wrong usage, or a file with errors; nothing was touched' },
  {
    code: exitCodes.didNotSucceed,
    text: 'it ran and did not succeed: NO-GO, failed, lost, a command with a non-zero exit, a halt with a survivor',
  },
  { code: exitCodes.unreachable, text: 'a host could not be reached or trusted; nothing is known to have failed' },
  { code: exitCodes.stopped, text: 'the run was halted or cancelled by someone' },
  { code: exitCodes.detached, text: 'detached or cancelled by Ctrl-C' },
];

const gravestFirst: readonly ExitCode[] = [
  exitCodes.detached,
  exitCodes.couldNot,
  exitCodes.usage,
  exitCodes.didNotSucceed,
  exitCodes.unreachable,
  exitCodes.stopped,
];

/** Of several runs the gravest counts: 3 over 4 over 5 over 0. Who leaves, and what fleet could not do, come before any result. */
export function gravestOf(codes: readonly ExitCode[]): ExitCode {
  return gravestFirst.find((code) => codes.includes(code)) ?? exitCodes.done;
}

/** Why a person cancelled a run. Any other reason is the code of what kept fleet from reaching or trusting the host. */
const byPerson: ReadonlySet<string | null> = new Set([null, 'halted', 'interrupted']);

export function exitCodeOf(outcome: Pick<Outcome, 'result' | 'reason'>): ExitCode {
  switch (outcome.result) {
    case 'succeeded':
      return exitCodes.done;
    case 'failed':
    case 'lost':
      return exitCodes.didNotSucceed;
    case 'halted':
      return exitCodes.stopped;
    case 'cancelled':
      return byPerson.has(outcome.reason) ? exitCodes.stopped : exitCodes.unreachable;
  }
}

/** What nobody foresaw is a defect. */
export function exitCodeOfError(error: unknown): ExitCode {
  return error instanceof FleetError ? error.exit : exitCodes.couldNot;
}
