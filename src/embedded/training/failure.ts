/** Ends a pretend program with what the real one would print on stderr. */
export class PretendFailure extends Error {
  readonly exitCode: number;

  constructor(text: string, exitCode = 1) {
    super(text);
    this.exitCode = exitCode;
  }
}

/** An uncaught Python exception, as a traceback of the script that runs. */
export function pythonError(text: string): PretendFailure {
  const script = process.argv.slice(2).find((arg) => arg.endsWith('.py')) ?? '<string>';
  return new PretendFailure(`Traceback (most recent call last):\n  File "${script}", line 1, in <module>\n${text}`);
}
