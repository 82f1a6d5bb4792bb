import { quote, quoteAll } from '../quoting.ts';
import type { Actor } from './claims.ts';
import { readLines, UnexpectedAnswer, valueOf, valuesOf, type RemoteCommand } from './command.ts';
import { readMembers, type Member } from './members.ts';

/** What is left of the attempts before one. */
export interface Leftovers {
  members: Member[];
  /** Wrappers and guards that have not left. */
  carriers: { pid: number; unit: string }[];
}

export function lookForLeftovers(run: string, attempt: number): RemoteCommand<Leftovers> {
  const name = 'look for what earlier attempts have left';
  return {
    name,
    body: `look_before ${quoteAll([run, String(attempt)])}`,
    timeoutSeconds: 60,
    parse(answer) {
      const lines = readLines(answer.stdout);
      if (lines.at(-1)?.word !== 'looked') throw new UnexpectedAnswer(name, answer);
      const carriers = valuesOf(lines, 'carrier').map((rest) => {
        const [pid = '', unit = ''] = rest.split(' ');
        return { pid: Number(pid), unit };
      });
      return { members: readMembers(lines), carriers };
    },
  };
}

/** Leaves a wish to stop with all that earlier attempts have left. The run goes on. */
export function stopLeftovers(actor: Actor, reason: string): RemoteCommand<null> {
  const name = 'stop what earlier attempts have left';
  return {
    name,
    body: `stop_leftovers ${quote(actor.run)} ${actor.token} ${quote(reason.replaceAll(/\s+/g, ' '))}`,
    timeoutSeconds: 60,
    parse(answer) {
      if (readLines(answer.stdout).at(-1)?.word !== 'asked') throw new UnexpectedAnswer(name, answer);
      return null;
    },
  };
}

/** Removes the halt file that the guard of an attempt has made. `foreign`: there is one that somebody else has made, and it stays. */
export function takeSentinel(
  actor: Actor,
  { attempt, worker }: { attempt: number; worker: number },
): RemoteCommand<'none' | 'removed' | 'foreign'> {
  const name = 'remove the halt file of an earlier attempt';
  return {
    name,
    body: `take_sentinel ${quoteAll([actor.run, String(actor.token), String(attempt), String(worker)])}`,
    timeoutSeconds: 30,
    parse(answer) {
      const found = valueOf(readLines(answer.stdout), 'sentinel');
      if (found === 'none' || found === 'removed' || found === 'foreign') return found;
      throw new UnexpectedAnswer(name, answer);
    },
  };
}
