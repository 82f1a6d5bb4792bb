import type { Clock } from '../clock.ts';
import { quote } from '../quoting.ts';
import { OutcomeUnknown, QuestionTimedOut, QuestionTooLong } from './failures.ts';
import { FrameReader } from './frame-reader.ts';
import { createMarker, openShell, type RemoteShellContext } from './remote-shell.ts';
import type { ShellChannel } from './shell-channel.ts';
import { startTimer } from './time-limit.ts';
import type { Answer, AskOptions } from './transport.ts';

interface Question {
  sequence: number;
  script: string;
  timeoutSeconds: number;
  maxBytes: number;
  sentAt: number;
  stdout: Buffer | null;
  stderr: Buffer | null;
  exitCode: number;
  resolve: (answer: Answer) => void;
  reject: (error: unknown) => void;
}

interface OpenShell {
  shell: ShellChannel;
  marker: string;
}

const defaultMaxBytes = 16 * 1024 * 1024;

/**
 * The questions of one connection, through one long-lived `sh` that is opened when first needed. All are sent at once and answered in order.
 * A question that hangs, or says too much, costs the channel: those behind it are asked again on a new one.
 */
export class Questions {
  readonly #context: RemoteShellContext;
  readonly #clock: Clock;
  #waiting: Question[] = [];
  #sent: Question[] = [];
  #open: OpenShell | null = null;
  #opening = false;
  #makingRoom = false;
  #lastSequence = 0;
  #cancelTimer: () => void = () => undefined;

  constructor(context: RemoteShellContext) {
    this.#context = context;
    this.#clock = context.clock;
  }

  ask(script: string, { timeoutSeconds, maxBytes = defaultMaxBytes }: AskOptions): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const quoted = quote(script);
      this.#waiting.push({
        sequence: ++this.#lastSequence,
        script: quoted,
        timeoutSeconds,
        maxBytes,
        sentAt: 0,
        stdout: null,
        stderr: null,
        exitCode: 0,
        resolve,
        reject,
      });
      this.#advance();
    });
  }

  /** Gives the channel up as soon as what was sent is answered; questions asked meanwhile wait for another one. */
  makeRoom(): void {
    if (this.#open === null && !this.#opening) return;
    this.#makingRoom = true;
    this.#advance();
  }

  /** The connection is gone. */
  fail(sent: OutcomeUnknown, waiting: Error): void {
    this.#leaveShell();
    const [lost, unsent] = [this.#sent, this.#waiting];
    this.#sent = [];
    this.#waiting = [];
    for (const question of lost) question.reject(sent);
    for (const question of unsent) question.reject(waiting);
  }

  #advance(): void {
    if (this.#opening) return;
    if (this.#makingRoom) {
      if (this.#sent.length > 0) return;
      this.#makingRoom = false;
      this.#open?.shell.endInput();
      this.#leaveShell();
    }
    if (this.#waiting.length === 0) return;
    if (this.#open === null) this.#openShell();
    else this.#sendWaiting(this.#open);
  }

  #openShell(): void {
    this.#opening = true;
    const marker = createMarker();
    const readers = { stdout: new FrameReader(marker), stderr: new FrameReader(marker) };
    const isCurrent = () => this.#open?.marker === marker;
    openShell(this.#context, {
      purpose: 'questions',
      program: 'exec /bin/sh',
      marker,
      listener: {
        stdout: (chunk) => {
          if (isCurrent()) this.#receive('stdout', readers.stdout, chunk);
        },
        stderr: (chunk) => {
          if (isCurrent()) this.#receive('stderr', readers.stderr, chunk);
        },
        ended: (end) => {
          if (isCurrent())
            this.#loseShell(end === null ? '' : ` (${end.signal === null ? `exit ${end.exitCode}` : `killed by ${end.signal}`})`);
        },
      },
    }).then(
      (shell) => {
        this.#opening = false;
        this.#open = { shell, marker };
        this.#sendWaiting(this.#open);
        this.#advance();
      },
      (error: unknown) => {
        this.#opening = false;
        const waiting = this.#waiting;
        this.#waiting = [];
        for (const question of waiting) question.reject(error);
        this.#advance();
      },
    );
  }

  #sendWaiting({ shell, marker }: OpenShell): void {
    const questions = this.#waiting;
    this.#waiting = [];
    for (const question of questions) question.sentAt = this.#clock.monotonic();
    const wasIdle = this.#sent.length === 0;
    this.#sent.push(...questions);
    shell.write(questions.map((question) => frame(question, marker)).join(''));
    if (wasIdle) this.#timeHead();
  }

  #receive(stream: 'stdout' | 'stderr', reader: FrameReader, chunk: Buffer): void {
    for (const { body, words } of reader.push(chunk)) {
      const question = this.#sent.find((sent) => sent[stream] === null);
      if (question === undefined || words[0] !== String(question.sequence)) {
        this.#loseShell(' (its answers came out of order)');
        return;
      }
      if (body.length > question.maxBytes) {
        this.#giveUp(question, this.#tooLong(question, stream));
        return;
      }
      question[stream] = body;
      if (stream === 'stdout') question.exitCode = Number(words[1]);
      this.#settleHead();
    }
    const current = this.#sent.find((sent) => sent[stream] === null);
    if (current !== undefined && reader.pendingBytes > current.maxBytes) this.#giveUp(current, this.#tooLong(current, stream));
  }

  #settleHead(): void {
    const head = this.#sent[0];
    if (head?.stdout == null || head.stderr === null) return;
    this.#sent.shift();
    this.#timeHead();
    head.resolve({
      exitCode: head.exitCode,
      stdout: head.stdout,
      stderr: head.stderr,
      seconds: (this.#clock.monotonic() - head.sentAt) / 1000,
    });
    this.#advance();
  }

  #timeHead(): void {
    this.#cancelTimer();
    const head = this.#sent[0];
    if (head === undefined) return;
    this.#cancelTimer = startTimer(this.#clock, head.timeoutSeconds * 1000, () => {
      const limit = `${head.timeoutSeconds} s`;
      this.#giveUp(
        head,
        new QuestionTimedOut(`${this.#context.who}: no answer in ${limit}; what was asked was killed`, head.timeoutSeconds),
      );
    });
  }

  #tooLong({ maxBytes }: Question, stream: string): QuestionTooLong {
    return new QuestionTooLong(
      `${this.#context.who}: the answer is too long: more than ${maxBytes} bytes on ${stream}; it was cut off`,
    );
  }

  #giveUp(question: Question, error: Error): void {
    this.#open?.shell.abandon('KILL');
    this.#leaveShell();
    const others = this.#sent.filter((sent) => sent !== question);
    this.#sent = [];
    this.#askAgain(others);
    question.reject(error);
    this.#advance();
  }

  /** The `sh` itself ended, most likely killed by the question at the head. */
  #loseShell(why: string): void {
    this.#open?.shell.abandon('KILL');
    this.#leaveShell();
    const [head, ...others] = this.#sent;
    this.#sent = [];
    this.#askAgain(others);
    head?.reject(
      new OutcomeUnknown(`${this.#context.who}: the shell that answers questions ended in the middle of an answer${why}`),
    );
    this.#advance();
  }

  #leaveShell(): void {
    this.#cancelTimer();
    this.#open = null;
  }

  #askAgain(questions: Question[]): void {
    this.#waiting.unshift(...questions.map((question) => ({ ...question, stdout: null, stderr: null })));
  }
}

/** The script is one quoted word, so whatever it holds, the lines after it are ours. */
function frame({ sequence, script }: Question, marker: string): string {
  return `(eval ${script}) </dev/null; printf '%s %s %s\\n' ${marker} ${sequence} $?; printf '%s %s\\n' ${marker} ${sequence} >&2\n`;
}
