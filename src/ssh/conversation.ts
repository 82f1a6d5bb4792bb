import type { Clock } from '../clock.ts';
import { OutcomeUnknown } from './failures.ts';
import { createMarker, openShell, type RemoteShell, type RemoteShellContext } from './remote-shell.ts';
import { startTimer } from './time-limit.ts';
import type { Ended, Streams } from './transport.ts';

export interface ConverseOptions {
  input?: Buffer;
  signal?: AbortSignal;
}

/**
 * `read` takes its line byte by byte, so that what follows the line is the script's own input; `%b` brings the newlines back.
 * The name may not be one that the environment exports: the script would be handed on to every child.
 */
const readScript = 'unset fleet_script; IFS= read -r fleet_script || exit 255;';
const evalScript = 'eval "$(printf %b "$fleet_script")"';

const quietMs = 500;
const mostWaitMs = 5_000;

/** Runs a script under a `sh` of its own channel. Rejects with OutcomeUnknown when its end never came. */
export async function converse(
  context: RemoteShellContext,
  conversations: Set<Conversation>,
  script: string,
  streams: Streams,
  { input, signal }: ConverseOptions,
): Promise<Ended> {
  if (script.includes('\0')) throw new RangeError('a script cannot hold a NUL byte');
  const conversation = new Conversation(context, streams);
  conversations.add(conversation);
  try {
    const shell = await openShell(context, {
      purpose: 'conversation',
      program: `${readScript} ${input === undefined ? 'exec </dev/null; ' : ''}${evalScript}`,
      marker: createMarker(),
      listener: conversation,
      ...(signal === undefined ? {} : { signal }),
    });
    return await conversation.run(shell, `${escapeLine(script)}\n`, input, signal);
  } finally {
    conversations.delete(conversation);
  }
}

/** One line for `read -r` and `printf %b`. */
function escapeLine(script: string): string {
  return script.replaceAll('\\', '\\\\').replaceAll('\n', '\\n');
}

/** A script that runs, until it exits and its output has come, or the channel is lost. */
export class Conversation {
  readonly #streams: Streams;
  readonly #who: string;
  readonly #clock: Clock;
  #shell: RemoteShell | null = null;
  #ended: Ended | null = null;
  #over = false;
  readonly #end: Promise<Ended>;
  #resolve: (ended: Ended) => void = () => undefined;
  #reject: (error: unknown) => void = () => undefined;
  #cancelQuiet: () => void = () => undefined;
  #cancelWait: () => void = () => undefined;

  constructor({ who, clock }: RemoteShellContext, streams: Streams) {
    this.#who = who;
    this.#clock = clock;
    this.#streams = streams;
    this.#end = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    // It may be lost before anybody waits for it.
    this.#end.catch(() => undefined);
  }

  async run(shell: RemoteShell, line: string, input: Buffer | undefined, signal: AbortSignal | undefined): Promise<Ended> {
    this.#shell = shell;
    const onAbort = () => {
      this.fail(new OutcomeUnknown(`${this.#who}: the command was cut off from here; it may have run in part`, signal?.reason));
      shell.abandon('HUP');
    };
    signal?.addEventListener('abort', onAbort, { once: true });
    try {
      shell.write(line);
      if (input !== undefined) {
        shell.write(input);
        shell.endInput();
      }
      return await this.#end;
    } finally {
      signal?.removeEventListener('abort', onAbort);
    }
  }

  stdout = (chunk: Buffer): void => {
    this.#receive(() => this.#streams.onStdout(chunk));
  };

  stderr = (chunk: Buffer): void => {
    this.#receive(() => this.#streams.onStderr(chunk));
  };

  /** sshd says so at once; the channel closes only when the last child has let go of the output. */
  exited = (ended: Ended): void => {
    this.#ended = ended;
    this.#cancelWait = startTimer(this.#clock, mostWaitMs, () => this.#finish());
    this.#waitForQuiet();
  };

  closed = (): void => {
    if (this.#ended === null) this.fail(new OutcomeUnknown(`${this.#who}: the channel closed before the command's end was told`));
    else this.#finish();
  };

  fail(error: OutcomeUnknown): void {
    if (this.#stop()) this.#reject(error);
  }

  #receive(pass: () => void): void {
    if (this.#over) return;
    if (this.#ended !== null) this.#waitForQuiet();
    pass();
  }

  #waitForQuiet(): void {
    this.#cancelQuiet();
    this.#cancelQuiet = startTimer(this.#clock, quietMs, () => this.#finish());
  }

  #finish(): void {
    if (this.#ended === null || !this.#stop()) return;
    this.#shell?.close();
    this.#resolve(this.#ended);
  }

  #stop(): boolean {
    if (this.#over) return false;
    this.#over = true;
    this.#cancelQuiet();
    this.#cancelWait();
    return true;
  }
}
