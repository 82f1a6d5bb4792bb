/** The answer to a question, as the connection gives it. */
export interface RemoteAnswer {
  exitCode: number;
  stdout: Buffer;
  stderr: Buffer;
  /** From sending to the end of the answer, where a connection measured it. */
  seconds?: number;
}

/** Something to say to a host, as plain data: building one opens nothing. The script travels with the parser of its answer. */
export interface RemoteCommand<T> {
  /** For messages: `read the state of job`. */
  name: string;
  /** POSIX sh, run with the functions of the host script. Safe to send twice. */
  body: string;
  timeoutSeconds: number;
  /** An author's command or a vendor's tool, which may hang: running out of time is then an answer. For our own script it is silence. */
  mayHang?: true;
  /** Uses nothing of the host script, which then need not be read by the host's shell for it. */
  standsAlone?: true;
  /** What it reads on standard input: it is then no question, and has a channel of its own, where it may take long. */
  input?: Buffer;
  parse(answer: RemoteAnswer): T;
}

/** An answer that does not have the form our own script gives it. */
export class UnexpectedAnswer extends Error {
  constructor(what: string, answer: RemoteAnswer) {
    const shown = (bytes: Buffer) => JSON.stringify(bytes.subarray(0, 300).toString());
    super(`${what}: unexpected answer: exit ${answer.exitCode}, stdout ${shown(answer.stdout)}, stderr ${shown(answer.stderr)}`);
    this.name = 'UnexpectedAnswer';
  }
}

export interface Line {
  word: string;
  rest: string;
}

/** The lines `WORD VALUE...` of an answer. */
export function readLines(stdout: Buffer): Line[] {
  return stdout
    .toString()
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const blank = line.indexOf(' ');
      return blank < 0 ? { word: line, rest: '' } : { word: line.slice(0, blank), rest: line.slice(blank + 1) };
    });
}

export function valueOf(lines: Line[], word: string): string | null {
  return lines.find((line) => line.word === word)?.rest ?? null;
}

export function valuesOf(lines: Line[], word: string): string[] {
  return lines.filter((line) => line.word === word).map((line) => line.rest);
}
