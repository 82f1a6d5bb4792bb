import { quoteAll } from '../quoting.ts';
import { readLines, UnexpectedAnswer, valuesOf, type RemoteCommand } from './command.ts';

export interface FoundProcess {
  pid: number;
  user: string;
  command: string;
}

/** Every process whose command line holds the text, whoever's it is; not those that ask, and not those of runs beside a run that has only these accelerators. */
export function findProcesses(match: string, indices: readonly number[] | null): RemoteCommand<FoundProcess[]> {
  return {
    name: 'look for processes',
    body: `find_processes ${quoteAll([match, ...(indices === null ? [] : [indices.join(' ')])])}`,
    timeoutSeconds: 60,
    parse(answer) {
      const lines = readLines(answer.stdout);
      if (lines.at(-1)?.word !== 'looked') throw new UnexpectedAnswer('look for processes', answer);
      return valuesOf(lines, 'process').map((rest) => {
        const [pid = '', user = '', ...command] = rest.split(' ');
        return { pid: Number(pid), user, command: command.join(' ') };
      });
    },
  };
}
