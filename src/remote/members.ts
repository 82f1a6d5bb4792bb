import { quote, quoteAll } from '../quoting.ts';
import type { Actor } from './claims.ts';
import { readLines, UnexpectedAnswer, valuesOf, type Line, type RemoteCommand } from './command.ts';

export interface Member {
  pid: number;
  /** One letter of /proc/PID/stat: `D` is stuck in the kernel. */
  state: string;
  command: string;
}

/** Every live process of a run: by session, group, descent and the run's id in its environment. */
export function lookForMembers(run: string): RemoteCommand<Member[]> {
  return {
    name: 'look for processes of the run',
    body: `look ${quote(run)}`,
    timeoutSeconds: 60,
    parse(answer) {
      const lines = readLines(answer.stdout);
      if (lines.at(-1)?.word !== 'looked') throw new UnexpectedAnswer('look for processes of the run', answer);
      return readMembers(lines);
    },
  };
}

export function readMembers(lines: Line[]): Member[] {
  return valuesOf(lines, 'process').map((rest) => {
    const [pid = '', state = '', ...command] = rest.split(' ');
    return { pid: Number(pid), state, command: command.join(' ').trim() };
  });
}

/** Sends a signal that asks for something, a stack dump or a checkpoint, and only to processes that catch it: it would end the others. */
export function signalMembers(
  actor: Actor,
  process: string,
  signal: string,
): RemoteCommand<{ signalled: number[]; notCaught: number[] }> {
  const number = signalNumber(signal);
  return {
    name: 'signal processes of the run',
    body: `dump ${quoteAll([actor.run, String(actor.token), process, String(number), signal])}`,
    timeoutSeconds: 60,
    parse(answer) {
      const lines = readLines(answer.stdout);
      if (lines.at(-1)?.word !== 'looked') throw new UnexpectedAnswer('signal processes of the run', answer);
      return { signalled: valuesOf(lines, 'signalled').map(Number), notCaught: valuesOf(lines, 'not-caught').map(Number) };
    },
  };
}

/** By number, from 1: those of Linux, wherever the controller runs. */
const linuxSignals =
  'HUP INT QUIT ILL TRAP ABRT BUS FPE KILL USR1 SEGV USR2 PIPE ALRM TERM STKFLT CHLD CONT STOP TSTP TTIN TTOU URG XCPU XFSZ VTALRM PROF WINCH IO PWR SYS'.split(
    ' ',
  );

function signalNumber(signal: string): number {
  const index = linuxSignals.indexOf(signal);
  if (index < 0) throw new RangeError(`unknown signal "${signal}"`);
  return index + 1;
}
