import { quote, quoteAll } from '../quoting.ts';
import { readLines, UnexpectedAnswer, valueOf, type RemoteCommand } from './command.ts';

/** Who acts: a host refuses a lower token than it has seen for the run. */
export interface Actor {
  run: string;
  token: number;
}

export type HostClaim = { claimed: true; file: string } | { claimed: false; run: string; owner: string };

/** Takes the machine, or these accelerators of it (null: all), for the run, or tells which run has it. Asked again by the same run, it renews. */
export function claimHost(actor: Actor, owner: string, indices: readonly number[] | null = null): RemoteCommand<HostClaim> {
  return {
    name: 'claim the host',
    body: `claim_host ${quote(actor.run)} ${actor.token} ${quoteAll([owner.replaceAll(/\s+/g, ' '), ...(indices === null ? [] : [indices.join(' ')])])}`,
    timeoutSeconds: 60,
    parse(answer) {
      const lines = readLines(answer.stdout);
      const file = valueOf(lines, 'claimed');
      if (file !== null) return { claimed: true, file };
      const busy = valueOf(lines, 'busy');
      if (busy === null) throw new UnexpectedAnswer('claim the host', answer);
      const [run = 'unknown', ...owner] = busy.split(' ');
      return { claimed: false, run, owner: owner.join(' ') };
    },
  };
}

/** Removes the environment with its secrets, and gives the machine back. The run's folder stays as evidence. */
export function tidyRun(actor: Actor): RemoteCommand<null> {
  return {
    name: 'tidy up',
    body: `tidy ${quote(actor.run)} ${actor.token}`,
    timeoutSeconds: 30,
    parse(answer) {
      if (valueOf(readLines(answer.stdout), 'released') === null) throw new UnexpectedAnswer('tidy up', answer);
      return null;
    },
  };
}

/** Keeps `text` (lines `export NAME='value'`) as the one file on the host that holds secrets. A file that is there already stays. */
export function putEnvironment(
  actor: Actor,
  attempt: number,
  worker: number,
  text: string,
  file: 'env' | 'env-next' = 'env',
): RemoteCommand<null> {
  return {
    name: 'push the environment',
    body: `printf '%s' ${quote(text)} | put_env ${quoteAll([actor.run, String(actor.token), String(attempt), String(worker), file])}`,
    timeoutSeconds: 30,
    parse(answer) {
      if (valueOf(readLines(answer.stdout), 'kept') === null) throw new UnexpectedAnswer('push the environment', answer);
      return null;
    },
  };
}
