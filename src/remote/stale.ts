import { quoteAll } from '../quoting.ts';
import type { Actor } from './claims.ts';
import { readLines, UnexpectedAnswer, valueOf, valuesOf, type RemoteCommand } from './command.ts';

/** Seconds between TERM and KILL for what an earlier run left. */
const graceSeconds = 10;

export interface StaleAnswer {
  stopped: string[];
  survivors: string[];
}

/** Stops what earlier runs of ours left: never a process that is not ours. Each line is `PID COMMAND`. */
export function haltStale(actor: Actor, match: string, workdir: string): RemoteCommand<StaleAnswer> {
  return {
    name: 'stop earlier processes',
    body: `halt_stale ${quoteAll([actor.run, String(actor.token), match, workdir, String(graceSeconds)])}`,
    timeoutSeconds: 60,
    parse(answer) {
      const lines = readLines(answer.stdout);
      if (valueOf(lines, 'none') !== null) return { stopped: [], survivors: [] };
      if (lines.at(-1)?.word !== 'looked') throw new UnexpectedAnswer('stop earlier processes', answer);
      return { stopped: valuesOf(lines, 'stopped'), survivors: valuesOf(lines, 'survivor') };
    },
  };
}
