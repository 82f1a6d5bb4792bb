/** Ends a pretend program with what the real one would print on stderr. */
export class PretendFailure extends Error {
  readonly exitCode: number;

  constructor(text: string, exitCode = 1) {
    super(text);
    this.exitCode = exitCode;
  }
}

/** An uncaught Python exception, as the traceback of a script. */
export function pythonError(text: string, script = 'scripts/train_showcase.py'): PretendFailure {
  return new PretendFailure(`Traceback (most recent call last):\n  File "${script}", line 1, in <module>\n${text}`);
}
