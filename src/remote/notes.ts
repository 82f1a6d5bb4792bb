import { quote } from '../quoting.ts';
import type { Actor } from './claims.ts';
import { readLines, UnexpectedAnswer, valueOf, type RemoteCommand } from './command.ts';
import { shellPath } from './host-script.ts';

/** Appends `text` to a file below the workdir, once: `mark` is its last line. Folders on the way are made. */
export function appendNote(
  actor: Actor,
  workdir: string,
  path: string,
  note: { text: string; mark: string },
): RemoteCommand<null> {
  const name = `write to "${path}"`;
  return {
    name,
    body: `fence ${quote(actor.run)} ${actor.token}
enter ${quote(workdir)} 2>/dev/null || cannot_write ${quote(workdir)}
append_note ${shellPath(path)} ${quote(note.mark)} ${quote(note.text)}`,
    timeoutSeconds: 60,
    parse(answer) {
      if (valueOf(readLines(answer.stdout), 'noted') === null) throw new UnexpectedAnswer(name, answer);
      return null;
    },
  };
}
