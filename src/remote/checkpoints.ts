import { quote } from '../quoting.ts';
import type { Actor } from './claims.ts';
import { readLines, UnexpectedAnswer, valueOf, valuesOf, type RemoteCommand } from './command.ts';
import { shellGlob, shellPath } from './host-script.ts';

/** A checkpoint as it lies on the host: a file, or a folder of files. */
export interface FoundCheckpoint {
  /** As the pattern is written: relative to the workdir, or absolute. */
  path: string;
  /** Of all its files. */
  size: number;
  files: number;
  /** Another one when it was written again. */
  stamp: string;
  /** By the host's own clock: written before the first job of the run began. Null where that cannot be told. */
  older: boolean | null;
}

/** Two clocks that count whole seconds. */
const clockSlackSeconds = 2;

/** Every checkpoint that the pattern matches, whole or not. `{step}` stands for any text. */
export function listCheckpoints(
  workdir: string,
  pattern: string,
  { run, worker }: { run: string; worker: number },
): RemoteCommand<FoundCheckpoint[]> {
  const name = 'list checkpoints';
  return {
    name,
    body: `enter ${quote(workdir)} 2>/dev/null || { say listed; exit 0; }
list_checkpoints ${quote(run)} ${worker} ${shellGlob(globOfCheckpoints(pattern))}`,
    timeoutSeconds: 120,
    parse(answer) {
      const lines = readLines(answer.stdout);
      if (lines.at(-1)?.word !== 'listed') throw new UnexpectedAnswer(name, answer);
      const now = Number(valueOf(lines, 'now'));
      const since = valueOf(lines, 'since') ?? '-';
      const began = since === '-' ? null : now - Number(since);
      return valuesOf(lines, 'checkpoint').map((rest) => {
        const [size = '', files = '', stamp = '', written = '', ...path] = rest.split(' ');
        const at = readTime(written);
        const older = began === null || at === null ? null : at < began - clockSlackSeconds;
        return { path: path.join(' '), size: Number(size), files: Number(files), stamp, older };
      });
    },
  };
}

/** Is it all there, as far as its bytes say: not empty, and an archive has its end? False also when it is not there. */
export function askIsWhole(workdir: string, path: string): RemoteCommand<boolean> {
  const name = `look at the end of "${path}"`;
  return {
    name,
    body: `enter ${quote(workdir)} 2>/dev/null || { say cut; exit 0; }
if is_whole ${shellPath(path)}; then say whole; else say cut; fi`,
    timeoutSeconds: 120,
    parse(answer) {
      const word = readLines(answer.stdout).at(-1)?.word;
      if (word !== 'whole' && word !== 'cut') throw new UnexpectedAnswer(name, answer);
      return word === 'whole';
    },
  };
}

function globOfCheckpoints(pattern: string): string {
  return pattern.replace('{step}', '*');
}

/** `2026-11-27_19:16:34.123456789_+0000`, in seconds; null for what another ls tells. */
function readTime(written: string): number | null {
  const [, day, time, sign, hours, minutes] = /^([\d-]{10})_([\d:]{8})(?:\.\d+)?_([+-])(\d\d)(\d\d)$/.exec(written) ?? [];
  if (day === undefined || time === undefined) return null;
  const ms = Date.parse(`${day}T${time}${sign ?? '+'}${hours ?? '00'}:${minutes ?? '00'}`);
  return Number.isNaN(ms) ? null : ms / 1000;
}

/** Takes a checkpoint away; an older controller is refused. One that is gone is fine. */
export function removeCheckpoint(actor: Actor, workdir: string, path: string): RemoteCommand<null> {
  const name = `remove "${path}"`;
  return {
    name,
    body: `enter ${quote(workdir)} 2>/dev/null || exit 1
remove_checkpoint ${quote(actor.run)} ${actor.token} ${shellPath(path)}`,
    timeoutSeconds: 300,
    parse(answer) {
      if (readLines(answer.stdout).at(-1)?.word !== 'removed') throw new UnexpectedAnswer(name, answer);
      return null;
    },
  };
}
