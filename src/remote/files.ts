import { quote } from '../quoting.ts';
import type { Actor } from './claims.ts';
import { readLines, UnexpectedAnswer, valuesOf, type RemoteCommand } from './command.ts';
import { shellGlob, shellPath } from './host-script.ts';

export interface ReadFrom {
  path: string;
  offset: number;
  maxBytes: number;
  /** How many bytes at the start to sum; 0: as many as there are, up to 256. */
  headBytes: number;
}

export type FilePart =
  | { kind: 'absent' | 'unreadable' }
  | {
      kind: 'file';
      inode: string;
      size: number;
      /** Checksum of the first `headBytes` bytes; null when nothing is new and it was not taken. */
      head: string | null;
      headBytes: number;
      bytes: Buffer;
    };

/** New bytes of a file, with what tells it from another file of the same name. */
export function readFrom(workdir: string, wanted: ReadFrom): RemoteCommand<FilePart> {
  return {
    name: `read "${wanted.path}"`,
    body: `enter ${quote(workdir)} 2>/dev/null || { say absent; exit 0; }
read_from ${shellPath(wanted.path)} ${wanted.offset} ${wanted.maxBytes} ${wanted.headBytes}`,
    timeoutSeconds: 120,
    parse(answer) {
      const end = answer.stdout.indexOf('\n');
      const [word, inode, size, head, headBytes] = answer.stdout.subarray(0, Math.max(end, 0)).toString().split(' ');
      if (word === 'absent' || word === 'unreadable') return { kind: word };
      if (word !== 'file' || inode === undefined || head === undefined)
        throw new UnexpectedAnswer(`read "${wanted.path}"`, answer);
      return {
        kind: 'file',
        inode,
        size: Number(size),
        head: head === 'same' ? null : head,
        headBytes: Number(headBytes),
        bytes: answer.stdout.subarray(end + 1),
      };
    },
  };
}

export interface FoundFile {
  path: string;
  size: number;
}

/** Regular files that a glob matches, relative to the workdir. */
export function listFiles(workdir: string, globs: string[]): RemoteCommand<FoundFile[]> {
  return {
    name: 'list files',
    body: `enter ${quote(workdir)} 2>/dev/null || { say listed; exit 0; }\nlist_files ${globs.map(shellGlob).join(' ')}`,
    timeoutSeconds: 60,
    parse(answer) {
      const lines = readLines(answer.stdout);
      if (lines.at(-1)?.word !== 'listed') throw new UnexpectedAnswer('list files', answer);
      // Globs may overlap.
      return [...new Set(valuesOf(lines, 'found'))].map((rest) => {
        const blank = rest.indexOf(' ');
        return { size: Number(rest.slice(0, blank)), path: rest.slice(blank + 1) };
      });
    },
  };
}

/** Those that changed last, from `known` on, which is not among them; the oldest first. */
export function latestFiles(workdir: string, glob: string, known: string | null): RemoteCommand<FoundFile[]> {
  return {
    ...listFiles(workdir, []),
    name: 'find the latest files',
    body: `enter ${quote(workdir)} 2>/dev/null || { say listed; exit 0; }\nlatest_files ${known === null ? "''" : shellPath(known)} ${shellGlob(glob)}`,
  };
}

export interface FileStamp {
  path: string;
  size: number;
  /** Size of the file beside it, which has the same name with a suffix; null: there is none. */
  sizeBeside: number | null;
  /** Stays the same while nothing is written to either. */
  text: string;
  /** It was written to within the last seconds, or that cannot be known: it may change once more, and keep its stamp. */
  isFresh: boolean;
}

const freshSeconds = 2;

/** The newest match of a glob. Null: there is none. */
export function stampNewest(workdir: string, glob: string, suffix: string): RemoteCommand<FileStamp | null> {
  return {
    name: `look at "${glob}"`,
    body: `enter ${quote(workdir)} 2>/dev/null || { say now 0; exit 0; }\nstamp_newest ${quote(suffix)} ${shellGlob(glob)}`,
    timeoutSeconds: 60,
    parse(answer) {
      const lines = readLines(answer.stdout);
      const now = Number(valuesOf(lines, 'now')[0] ?? Number.NaN);
      if (Number.isNaN(now)) throw new UnexpectedAnswer(`look at "${glob}"`, answer);
      const [file] = valuesOf(lines, 'file').map((line) => line.split(' '));
      const [beside] = valuesOf(lines, 'beside').map((line) => line.split(' '));
      if (file === undefined) return null;
      const [, size = '', written = '', ...path] = file;
      const times = [written, ...(beside === undefined ? [] : [beside[2] ?? '-'])];
      return {
        path: path.join(' '),
        size: Number(size),
        sizeBeside: beside === undefined ? null : Number(beside[1]),
        text: [...file, ...(beside ?? [])].join(' '),
        isFresh: times.some((time) => time === '-' || now - Number(time) <= freshSeconds),
      };
    },
  };
}

export interface DescribedFile extends FoundFile {
  /** Since it was last written, by the host's clock; null where it cannot be had. */
  ageSeconds: number | null;
  /** Null when it was not asked for, or the host has no tool for it. */
  sha256: string | null;
}

/** The same with age and checksum. The time limit is the caller's: a sum takes as long as reading the files. */
export function describeFiles(
  workdir: string,
  glob: string,
  { sum, timeoutSeconds }: { sum: boolean; timeoutSeconds: number },
): RemoteCommand<DescribedFile[]> {
  return {
    name: 'describe files',
    body: `enter ${quote(workdir)} 2>/dev/null || { say listed; exit 0; }\ndescribe_files ${sum ? 1 : 0} ${shellGlob(glob)}`,
    timeoutSeconds,
    mayHang: true,
    parse(answer) {
      const lines = readLines(answer.stdout);
      if (lines.at(-1)?.word !== 'listed') throw new UnexpectedAnswer('describe files', answer);
      return valuesOf(lines, 'found').map((rest) => {
        const [size = '', age = '', sha256 = '', ...path] = rest.split(' ');
        return {
          path: path.join(' '),
          size: Number(size),
          ageSeconds: age === '-' ? null : Number(age),
          sha256: sha256 === '-' ? null : sha256,
        };
      });
    },
  };
}

/** Makes an empty file, or leaves the one that is there with a new time. */
export function touchFile(actor: Actor, workdir: string, path: string): RemoteCommand<null> {
  const name = `make "${path}"`;
  return {
    name,
    body: `fence ${quote(actor.run)} ${actor.token}
enter ${quote(workdir)} && : >>${shellPath(path)} || cannot_write ${shellPath(path)}
say made`,
    timeoutSeconds: 30,
    parse(answer) {
      if (readLines(answer.stdout).at(-1)?.word !== 'made') throw new UnexpectedAnswer(name, answer);
      return null;
    },
  };
}

/** Moves what the globs match into `.fleet-archive/RUN` beside it. Returns all that lies there now; nothing is fine. */
export function archiveFiles(actor: Actor, workdir: string, globs: string[]): RemoteCommand<string[]> {
  return {
    name: 'put files away',
    body: `fence ${quote(actor.run)} ${actor.token}
enter ${quote(workdir)} 2>/dev/null || { say archived-all; exit 0; }
archive ${quote(actor.run)} ${globs.map(shellGlob).join(' ')}`,
    timeoutSeconds: 300,
    parse(answer) {
      const lines = readLines(answer.stdout);
      if (lines.at(-1)?.word !== 'archived-all') throw new UnexpectedAnswer('put files away', answer);
      return [...new Set(valuesOf(lines, 'archived'))].toSorted();
    },
  };
}
