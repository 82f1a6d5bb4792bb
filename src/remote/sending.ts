import { quote } from '../quoting.ts';
import type { Actor } from './claims.ts';
import { readLines, UnexpectedAnswer, valueOf, valuesOf, type RemoteCommand } from './command.ts';
import { shellPath } from './host-script.ts';

/** Names are relative to a folder as an author writes it: from the home folder, absolute, or below a tilde. */
export interface FoundFile {
  sha256: string;
  executable: boolean;
}

/** Who else than its owner may read it, and whether it can be executed, as the numbers say. */
export type FileMode = 0o600 | 0o700 | 0o644 | 0o755;

/** Without a letter in front, what the host's umask takes away stays away. */
const symbols: Record<FileMode, string> = {
  0o600: 'u=rw,go=',
  0o700: 'u=rwx,go=',
  0o644: '=r,u+w',
  0o755: '=rx,u+w',
};

/** Summing takes as long as reading: at least so many bytes a second, beside what any answer may take. */
const slowestBytesPerSecond = 4_000_000;
const quickSeconds = 120;

/** Which of these are there, in their order, and with what content. Null: the host has no tool for it. */
export function sumSent(folder: string, names: readonly string[], bytes: number): RemoteCommand<(FoundFile | null)[] | null> {
  const found: (FoundFile | null)[] = names.map(() => null);
  return {
    name: 'sum files',
    body: `enter ${quote(folder)} 2>/dev/null || { say summed; exit 0; }\nsent_sums`,
    input: writeLines(names),
    timeoutSeconds: secondsFor(bytes),
    parse(answer) {
      const lines = readLines(answer.stdout);
      if (lines.at(-1)?.word === 'no-sha256sum') return null;
      if (lines.at(-1)?.word !== 'summed') throw new UnexpectedAnswer('sum files', answer);
      const batches: { numbers: string[]; sums: string[] }[] = [];
      for (const { word, rest } of lines) {
        if (word === 'these') batches.push({ numbers: rest.split(' '), sums: [] });
        else if (word === 'sum') batches.at(-1)?.sums.push(rest);
      }
      // One that went away meanwhile has no sum, and whose sums the others are is not known then.
      for (const { numbers, sums } of batches.filter((batch) => batch.numbers.length === batch.sums.length)) {
        numbers.forEach((number, index) => {
          found[Number.parseInt(number, 10)] = { sha256: sums[index] ?? '', executable: number.endsWith('x') };
        });
      }
      return found;
    },
  };
}

/** Every file below the folder, links too. */
export function listSent(folder: string): RemoteCommand<string[]> {
  return {
    name: 'list what is there',
    body: `enter ${quote(folder)} 2>/dev/null || exit 0\nlist_sent .`,
    input: Buffer.alloc(0),
    timeoutSeconds: quickSeconds,
    parse: (answer) => answer.stdout.toString().split('\0').slice(0, -1),
  };
}

/** `archive`: of files in folders of their own. False: the host has no tool for it. */
export function unpackSent(actor: Actor, folder: string, archive: Buffer): RemoteCommand<boolean> {
  return {
    name: 'unpack files',
    body: `${enterMade(actor, folder)}\nunpack_sent`,
    input: archive,
    timeoutSeconds: secondsFor(archive.length),
    parse(answer) {
      const word = readLines(answer.stdout).at(-1)?.word;
      if (word !== 'unpacked' && word !== 'no-tar') throw new UnexpectedAnswer('unpack files', answer);
      return word === 'unpacked';
    },
  };
}

/** Appends where the file has just `offset` bytes. Returns how many it has then. */
export function appendSent(
  actor: Actor,
  folder: string,
  { name, offset, mode }: { name: string; offset: number; mode: FileMode },
  bytes: Buffer,
): RemoteCommand<number> {
  return {
    name: `send "${name}"`,
    body: `${enterMade(actor, folder)}\nappend_sent ${shellPath(`./${name}`)} ${offset} ${quote(symbols[mode])}`,
    input: bytes,
    timeoutSeconds: secondsFor(bytes.length),
    parse(answer) {
      const size = valueOf(readLines(answer.stdout), 'size');
      if (size === null) throw new UnexpectedAnswer(`send "${name}"`, answer);
      return Number(size);
    },
  };
}

/** Those that are whole in the folder `stage` beside their places get there; the others are removed. Returns how many got there this time. */
export function placeSent(
  actor: Actor,
  folder: string,
  stage: string,
  files: readonly { name: string; size: number; sha256: string }[],
): RemoteCommand<number> {
  const bytes = files.reduce((sum, { size }) => sum + size, 0);
  return {
    name: 'put files in place',
    body: `${enterMade(actor, folder)}\nplace_sent ${quote(stage)}`,
    input: Buffer.from(files.map(({ name, sha256 }) => `${sha256} ${escapeName(name)}\n`).join('')),
    timeoutSeconds: secondsFor(bytes),
    parse(answer) {
      const placed = valuesOf(readLines(answer.stdout), 'placed').at(-1);
      if (placed === undefined) throw new UnexpectedAnswer('put files in place', answer);
      return Number(placed);
    },
  };
}

const changes = { executable: 'chmod +x', plain: 'chmod -x', removed: 'rm -f', 'cleared away': 'rm -rf' } as const;

/** What becomes of these files; of whole folders, when they are cleared away. */
export function changeSent(
  actor: Actor,
  folder: string,
  change: keyof typeof changes,
  names: readonly string[],
): RemoteCommand<null> {
  const name = `make files ${change}`;
  return {
    name,
    body: `${enterMade(actor, folder)}\neach_sent ${quote(changes[change])}`,
    input: writeLines(names),
    timeoutSeconds: quickSeconds,
    parse(answer) {
      if (readLines(answer.stdout).at(-1)?.word !== 'done') throw new UnexpectedAnswer(name, answer);
      return null;
    },
  };
}

function enterMade({ run, token }: Actor, folder: string): string {
  return `fence ${quote(run)} ${token}\nenter_made ${quote(folder)}`;
}

function secondsFor(bytes: number): number {
  return quickSeconds + Math.ceil(bytes / slowestBytesPerSecond);
}

function writeLines(names: readonly string[]): Buffer {
  return Buffer.from(names.map((name) => `${escapeName(name)}\n`).join(''));
}

/** A name on a line of its own. */
function escapeName(name: string): string {
  return name.replaceAll('\\', '\\\\').replaceAll('\n', '\\n');
}
