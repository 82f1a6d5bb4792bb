import { OutcomeUnknown } from './failures.ts';
import { createMarker, openShell, type RemoteShellContext } from './remote-shell.ts';
import type { ShellChannel, ShellListener } from './shell-channel.ts';
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

/** A script under a `sh` of its own channel, until it has exited and its output has come, or the channel is lost. */
export class Conversation implements ShellListener {
  readonly #context: RemoteShellContext;
  readonly #streams: Streams;
  readonly #end: Promise<Ended>;
  #resolve: (end: Ended) => void = () => undefined;
  #reject: (error: OutcomeUnknown) => void = () => undefined;

  constructor(context: RemoteShellContext, streams: Streams) {
    this.#context = context;
    this.#streams = streams;
    this.#end = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    // It may be lost before anybody waits for it.
    this.#end.catch(() => undefined);
  }

  /** Fails with OutcomeUnknown once the script was sent; before, nothing ran. */
  async run(script: string, { input, signal }: ConverseOptions): Promise<Ended> {
    const line = writeLine(script);
    const shell = await openShell(this.#context, {
      purpose: 'conversation',
      program: `${readScript} ${input === undefined ? 'exec </dev/null; ' : ''}${evalScript}`,
      marker: createMarker(),
      listener: this,
      signal,
    });
    const onAbort = () => this.#cutOff(shell, signal?.reason);
    signal?.addEventListener('abort', onAbort, { once: true });
    try {
      shell.write(line);
      if (input !== undefined) sendInput(shell, input);
      return await this.#end;
    } finally {
      signal?.removeEventListener('abort', onAbort);
    }
  }

  stdout(chunk: Buffer): void {
    this.#streams.onStdout(chunk);
  }

  stderr(chunk: Buffer): void {
    this.#streams.onStderr(chunk);
  }

  ended(end: Ended | null): void {
    if (end !== null) this.#resolve(end);
    else this.fail(new OutcomeUnknown(`${this.#context.who}: the channel closed before the end of the command was told`));
  }

  fail(error: OutcomeUnknown): void {
    this.#reject(error);
  }

  #cutOff(shell: ShellChannel, reason: unknown): void {
    this.fail(new OutcomeUnknown(`${this.#context.who}: the command was cut off from here; it may have run in part`, reason));
    shell.abandon('HUP');
  }
}

/** One line for `read -r` and `printf %b`. */
function writeLine(script: string): string {
  if (script.includes('\0')) throw new RangeError('a script cannot hold a NUL byte');
  return `${script.replaceAll('\\', '\\\\').replaceAll('\n', '\\n')}\n`;
}

function sendInput(shell: ShellChannel, input: Buffer): void {
  shell.write(input);
  shell.endInput();
}
