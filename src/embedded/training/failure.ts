/** Ends a pretend program with what the real one would print on stderr. */
export class PretendFailure extends Error {
  readonly exitCode: number;
  /** The process then dies of this signal, and has no exit code. */
  readonly signal: NodeJS.Signals | null;

  constructor(text: string, exitCode = 1, signal: NodeJS.Signals | null = null) {
    super(text);
    this.exitCode = exitCode;
    this.signal = signal;
  }
}

/** A signal that ends the program; it has printed this text before. */
export function deathBySignal(signal: NodeJS.Signals, text: string): PretendFailure {
  return new PretendFailure(text, 1, signal);
}

/** An uncaught Python exception, as a traceback of the script that runs. */
export function pythonError(text: string): PretendFailure {
  const script = process.argv.slice(2).find((arg) => arg.endsWith('.py')) ?? '<string>';
  return new PretendFailure(`Traceback (most recent call last):\n  File "${script}", line 1, in <module>\n${text}`);
}
