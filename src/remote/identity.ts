import incarnation from './host/incarnation.sh';
import { readLines, UnexpectedAnswer, valueOf, type RemoteCommand } from './command.ts';

/** Which machine answers, and in which incarnation. Nothing is left there: it may be one that knows nothing of the run. */
export function askIdentity(): RemoteCommand<string> {
  return {
    name: 'ask which machine it is',
    body: `${incarnation}\nsay incarnation "$(incarnation)"`,
    timeoutSeconds: 30,
    standsAlone: true,
    parse(answer) {
      const found = valueOf(readLines(answer.stdout), 'incarnation');
      if (found === null) throw new UnexpectedAnswer('ask which machine it is', answer);
      return found;
    },
  };
}

export function isSameMachine(one: string, other: string): boolean {
  return machineOf(one) === machineOf(other);
}

/** Machine id and host name are the machine's; boot, pid namespace and start of process 1 tell its incarnations apart. */
export function machineOf(incarnation: string): string {
  return incarnation.split(' ').slice(0, 2).join(' ');
}

export function describeElsewhere(expected: string, found: string): string {
  return `another machine answers: the run is on ${expected}, this is ${found}`;
}
