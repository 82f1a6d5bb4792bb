import { quoteAll } from '../quoting.ts';
import type { Actor } from './claims.ts';
import { readLines, UnexpectedAnswer, valueOf, type RemoteCommand } from './command.ts';

/** The guard of this attempt makes none after it: the controller does. One that the guard has begun is found by a look at the job. */
export function keepNext(actor: Actor, { attempt, worker }: { attempt: number; worker: number }): RemoteCommand<null> {
  const name = 'keep the next attempt from the guard';
  return {
    name,
    body: `keep_next ${quoteAll([actor.run, String(actor.token), String(attempt), String(worker)])}`,
    timeoutSeconds: 30,
    parse(answer) {
      if (valueOf(readLines(answer.stdout), 'kept') === null) throw new UnexpectedAnswer(name, answer);
      return null;
    },
  };
}
