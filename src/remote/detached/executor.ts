import { quote, quoteAll } from '../../quoting.ts';
import { readLines, UnexpectedAnswer, valuesOf, type RemoteAnswer } from '../command.ts';
import type { Executor, NextWork, UnitPlace, UnitWork } from '../executor.ts';
import { parseStart, parseUnitState } from './unit-state.ts';

/** Plain `sh` and a session of its own: nothing else is needed on the host. */
export const detachedExecutor: Executor = {
  name: 'detached',

  start(actor, place, work) {
    const args = [actor.run, String(actor.token), String(place.attempt), String(place.worker), place.unit];
    return {
      name: `start ${place.unit}`,
      body: `${assignments(work)}\nstart ${quoteAll(args)}`,
      timeoutSeconds: 60,
      parse: (answer) => parseStart(`start ${place.unit}`, answer),
    };
  },

  state(run, place) {
    return {
      name: `look at ${place.unit}`,
      body: `state ${quoteAll([run, String(place.attempt), String(place.worker), place.unit])}`,
      timeoutSeconds: 30,
      parse: (answer) => parseUnitState(`look at ${place.unit}`, answer),
    };
  },

  watch(actor, place) {
    const args = [actor.run, String(actor.token), String(place.attempt), String(place.worker), place.unit];
    return {
      name: `watch ${place.unit}`,
      body: `watch ${quoteAll(args)}`,
      timeoutSeconds: 30,
      parse: (answer) => parseUnitState(`watch ${place.unit}`, answer),
    };
  },

  output(run, place, maxBytes) {
    const folder = unitFolder(run, place);
    return {
      name: `read what ${place.unit} printed`,
      body: `tail -c ${maxBytes} ${folder}/stdout 2>/dev/null
tail -c ${maxBytes} ${folder}/stderr >&2 2>/dev/null
cat ${folder}/error >&2 2>/dev/null
exit 0`,
      timeoutSeconds: 60,
      parse: ({ stdout, stderr }) => ({ stdout, stderr }),
    };
  },

  requestHalt(actor, wish) {
    const reason = wish.reason.replaceAll(/\s+/g, ' ');
    const args = [
      actor.run,
      String(actor.token),
      wish.graceSeconds === null ? '' : String(Math.ceil(wish.graceSeconds)),
      wish.force ? '1' : '0',
      reason,
      String(wish.attempt ?? ''),
    ];
    return {
      name: 'ask for a halt',
      body: `request_halt ${quoteAll(args)}`,
      timeoutSeconds: 60,
      parse: (answer) => parseAsked('ask for a halt', answer),
    };
  },

  stopUnit(actor, { attempt, worker, unit }, reason, graceSeconds) {
    const name = `stop ${unit}`;
    const args = [
      actor.run,
      String(actor.token),
      String(attempt),
      String(worker),
      unit,
      reason.replaceAll(/\s+/g, ' '),
      String(graceSeconds ?? ''),
    ];
    return { name, body: `stop_unit ${quoteAll(args)}`, timeoutSeconds: 60, parse: (answer) => parseAsked(name, answer) };
  },
};

function parseAsked(name: string, answer: RemoteAnswer): string[] {
  const lines = readLines(answer.stdout);
  if (lines.at(-1)?.word !== 'asked') throw new UnexpectedAnswer(name, answer);
  return valuesOf(lines, 'halting');
}

function assignments(work: UnitWork): string {
  const moves = work.then.map((move) => ('signal' in move ? move.signal : `wait:${Math.ceil(move.waitSeconds)}`));
  const values: Record<string, string> = {
    script: work.script,
    workdir: work.workdir,
    log: work.log ?? '',
    limit: work.timeLimitSeconds === null ? '' : String(Math.ceil(work.timeLimitSeconds)),
    sentinel: work.sentinel ?? '',
    grace: String(Math.ceil(work.graceSeconds)),
    moves: moves.join(' '),
    prove: work.prove === null ? '' : `${work.prove.process}\n${work.prove.variables.join(' ')}\n`,
    stall:
      work.stall === null
        ? ''
        : `${work.stall.file}\n${work.stall.contains}\n${Math.ceil(work.stall.noNewLineSeconds)}\n${Math.ceil(work.stall.firstLineSeconds)}\n`,
    disk: work.disk === null ? '' : `${work.disk.path}\n${Math.ceil(work.disk.freeBytes / 1024)}\n`,
    sample: work.sampling?.script ?? '',
    sample_every: String(Math.ceil(work.sampling?.everySeconds ?? 0)),
    sample_beside: work.sampling?.beside ?? '',
    profile: work.profile ?? '',
    files: work.files?.join('\n') ?? '',
    next: work.next == null ? '' : describeNext(work.next),
    needs_env: work.needsEnvironment ? '1' : '0',
    needs_claim: work.needsClaim ? '1' : '0',
  };
  return assign('unit', values);
}

/** In lines that the guard reads when it makes the attempt. */
function describeNext({ work, exits, texts, afterSeconds, checkpoints }: NextWork): string {
  const values = {
    after: String(Math.ceil(afterSeconds)),
    exits: exits.join(' '),
    texts: texts.join('\n'),
    checkpoints: checkpoints ?? '',
  };
  return `${assignments(work)}\n${assign('next', values)}\n`;
}

function assign(kind: 'unit' | 'next', values: Readonly<Record<string, string>>): string {
  return Object.entries(values)
    .map(([name, value]) => `${kind}_${name}=${quote(value)}`)
    .join('\n');
}

function unitFolder(run: string, place: UnitPlace): string {
  return `"$FLEET_DIR"/${quote(`runs/${run}/a${place.attempt}/w${place.worker}/${place.unit}`)}`;
}
