import { ConnectionFailed } from './failures.ts';
import { FrameReader } from './frame-reader.ts';
import type { ShellListener } from './shell-channel.ts';
import type { Ended } from './transport.ts';

interface Greeted {
  pid: number;
  /** What came after the first line already. */
  stdout: Buffer;
  stderr: Buffer;
}

const mostNoiseBytes = 1024 * 1024;
const mostQuotedBytes = 300;

/** Waits for the first line of our own `sh`, on stdout and on stderr; what a login shell prints before is passed over. */
export class Greeting implements ShellListener {
  readonly #who: string;
  readonly #stdout: FrameReader;
  readonly #stderr: FrameReader;
  readonly #greeted: (greeted: Greeted) => void;
  readonly #failed: (error: ConnectionFailed) => void;
  #pid: number | null = null;
  #isStderrReady = false;
  #lastOutput = Buffer.alloc(0);

  constructor(who: string, marker: string, greeted: (greeted: Greeted) => void, failed: (error: ConnectionFailed) => void) {
    this.#who = who;
    this.#stdout = new FrameReader(marker);
    this.#stderr = new FrameReader(marker);
    this.#greeted = greeted;
    this.#failed = failed;
  }

  stdout(chunk: Buffer): void {
    this.#read(this.#stdout, chunk, (pid) => {
      this.#pid = Number(pid);
    });
  }

  stderr(chunk: Buffer): void {
    this.#read(this.#stderr, chunk, () => {
      this.#isStderrReady = true;
    });
  }

  ended(end: Ended | null): void {
    if (end === null) this.#failed(explainLoss(this.#who));
    else
      this.#fail(
        `ended before our first line (${end.signal === null ? `exit ${end.exitCode}` : `killed by ${end.signal}`})`,
        false,
      );
  }

  /** It may come to its first line another time. */
  timedOut(seconds: number): void {
    this.#fail(`did not come to our first line in ${seconds} s`, true);
  }

  #read(reader: FrameReader, chunk: Buffer, ready: (word: string | undefined) => void): void {
    this.#lastOutput = Buffer.concat([this.#lastOutput, chunk.subarray(-mostQuotedBytes)]).subarray(-mostQuotedBytes);
    const [first] = reader.push(chunk);
    if (first !== undefined) ready(first.words[0]);
    else if (reader.pendingBytes > mostNoiseBytes) this.#fail('printed more than 1 MiB before our first line', false);
    if (this.#pid === null || !this.#isStderrReady) return;
    this.#greeted({ pid: this.#pid, stdout: this.#stdout.takeRest(), stderr: this.#stderr.takeRest() });
  }

  #fail(what: string, retryable: boolean): void {
    const output = this.#lastOutput
      .toString('utf8')
      .replace(/[\x00-\x1f\x7f]+/g, ' ')
      .trim();
    const said = output === '' ? 'it printed nothing' : `its last output: "${output}"`;
    this.#failed(
      new ConnectionFailed(`${this.#who}: the login shell ${what}; ${said}`, {
        code: 'login-shell',
        retryable,
        suggestions: [
          'look at what its start files do when nobody types (.bashrc, config.fish, .cshrc), and let them return early unless the shell is interactive',
        ],
      }),
    );
  }
}

export function explainLoss(who: string, cause?: unknown): ConnectionFailed {
  return new ConnectionFailed(`${who}: the connection was lost before anything was sent`, {
    code: 'connection-lost-before-start',
    retryable: true,
    cause,
  });
}
