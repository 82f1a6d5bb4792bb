import { quote, quoteAll } from '../quoting.ts';
import { readLines, UnexpectedAnswer, valueOf, valuesOf, type RemoteCommand } from './command.ts';
import { shellPath, withHostScript } from './host-script.ts';

/** One file of a checkpoint; its name is `.` where that is a file itself. */
export interface SummedFile {
  name: string;
  size: number;
  sha256: string;
}

/** What a unit runs to know the checksums of a checkpoint. It takes as long as reading it. */
export function sumScript(remoteDir: string | null, path: string): string {
  return withHostScript(remoteDir, `sum_checkpoint ${shellPath(path)}`);
}

/** What a unit runs to copy a checkpoint to another place on its host. It prints the sums of both when they are the same. */
export function copyScript(remoteDir: string | null, path: string, folder: string, name: string): string {
  return withHostScript(remoteDir, `copy_checkpoint ${shellPath(path)} ${quote(folder)} ${quote(name)}`);
}

/** The sums that either has printed; null: it did not come to its end. */
export function parseSums(stdout: Buffer): SummedFile[] | null {
  const lines = readLines(stdout);
  if (lines.at(-1)?.word !== 'summed') return null;
  return valuesOf(lines, 'sum').map((rest) => {
    const [size = '', sha256 = '', ...name] = rest.split(' ');
    return { name: name.join(' '), size: Number(size), sha256 };
  });
}

/** A copy in a folder of a host: `name` is the checkpoint, or a file of it. */
interface Copy {
  folder: string;
  name: string;
}

/** How much has been copied of a file. */
export function askPartSize(copy: Copy): RemoteCommand<number> {
  return ask('look at a copy', `part_size ${words(copy)}`, readSize);
}

/** A copy whose checksums are right takes its place. */
export function putInPlace(copy: Copy): RemoteCommand<null> {
  return ask('put a copy in place', `put_in_place ${words(copy)} && say placed`, (stdout) =>
    readLines(stdout).at(-1)?.word === 'placed' ? null : undefined,
  );
}

export function dropPart(copy: Copy): RemoteCommand<null> {
  return ask('remove a copy', `drop_part ${words(copy)} && say dropped`, (stdout) =>
    readLines(stdout).at(-1)?.word === 'dropped' ? null : undefined,
  );
}

/** For a conversation: it takes as long as reading the copy. */
export function sumPartScript(remoteDir: string | null, copy: Copy): string {
  return withHostScript(remoteDir, `sum_part ${words(copy)}`);
}

/** For a conversation: standard input is appended, where the file has just `offset` bytes. It prints how many it has then. */
export function appendScript(remoteDir: string | null, copy: Copy, offset: number): string {
  return withHostScript(remoteDir, `append_part ${words(copy)} ${offset}`);
}

/** Undefined: nothing was said. */
export function readSize(stdout: Buffer): number | undefined {
  const size = valueOf(readLines(stdout), 'size');
  return size === null ? undefined : Number(size);
}

function words({ folder, name }: Copy): string {
  return quoteAll([folder, name]);
}

function ask<T>(name: string, body: string, read: (stdout: Buffer) => T | undefined): RemoteCommand<T> {
  return {
    name,
    body,
    timeoutSeconds: 120,
    parse(answer) {
      const found = read(answer.stdout);
      if (found === undefined) throw new UnexpectedAnswer(name, answer);
      return found;
    },
  };
}
