import { quote, quoteAll } from '../quoting.ts';
import type { Actor } from './claims.ts';
import { readLines, UnexpectedAnswer, valueOf, valuesOf, type RemoteCommand } from './command.ts';

/** Keeps what the store knows of a run beside its units, over what was kept before. */
export function keepRecord(actor: Actor, text: string): RemoteCommand<null> {
  return {
    name: 'keep the record of the run',
    body: `printf '%s' ${quote(text)} | keep_record ${quote(actor.run)} ${actor.token}`,
    timeoutSeconds: 60,
    parse(answer) {
      if (valueOf(readLines(answer.stdout), 'kept') === null) throw new UnexpectedAnswer('keep the record of the run', answer);
      return null;
    },
  };
}

export interface KeptRecord {
  run: string;
  /** The highest one that this machine has seen for the run. */
  token: number;
  /** The newest one whose job was claimed; 0: none. */
  attempt: number;
  halt: boolean;
}

export interface KeptRecords {
  records: KeptRecord[];
  /** Which machine answers. */
  incarnation: string;
  /** The runs that have the machine, or some of its accelerators, and how long ago their controllers have spoken. */
  held: { run: string; secondsAgo: number; owner: string }[];
}

export function listRecords(): RemoteCommand<KeptRecords> {
  return {
    name: 'list the runs',
    body: 'list_records',
    timeoutSeconds: 60,
    parse(answer) {
      const lines = readLines(answer.stdout);
      const incarnation = valueOf(lines, 'incarnation');
      if (lines.at(-1)?.word !== 'listed' || incarnation === null) throw new UnexpectedAnswer('list the runs', answer);
      return {
        records: valuesOf(lines, 'record').map(parseRecord),
        incarnation,
        held: valuesOf(lines, 'held').map(parseHeld),
      };
    },
  };
}

function parseRecord(rest: string): KeptRecord {
  const [run = '', token = '', attempt = '', halt = ''] = rest.split(' ');
  return { run, token: Number(token), attempt: Number(attempt), halt: halt === 'yes' };
}

function parseHeld(rest: string): KeptRecords['held'][number] {
  const [run = '', secondsAgo = '', ...owner] = rest.split(' ');
  return { run, secondsAgo: Number(secondsAgo), owner: owner.join(' ') };
}

export interface Sweep {
  swept: string[];
  inUse: string[];
}

/** Removes the folders of runs that have ended and were read to their end. One that is in use, or another machine's, stays. */
export function sweepRuns(actor: Actor, runs: readonly string[]): RemoteCommand<Sweep> {
  return {
    name: 'remove the folders of old runs',
    body: `sweep_runs ${quoteAll([actor.run, String(actor.token), ...runs])}`,
    timeoutSeconds: 300,
    parse(answer) {
      const lines = readLines(answer.stdout);
      if (lines.at(-1)?.word !== 'looked') throw new UnexpectedAnswer('remove the folders of old runs', answer);
      return { swept: valuesOf(lines, 'swept'), inUse: valuesOf(lines, 'in-use') };
    },
  };
}

/** The text as it was kept; empty when it is not there any more. */
export function readRecord(run: string): RemoteCommand<string> {
  return {
    name: `read the record of run ${run}`,
    body: `cat "$FLEET_DIR"/${quote(`runs/${run}/record`)} 2>/dev/null
exit 0`,
    timeoutSeconds: 60,
    parse: ({ stdout }) => stdout.toString(),
  };
}
