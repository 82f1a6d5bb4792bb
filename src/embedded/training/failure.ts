/** Ends a pretend program with what the real one would print on stderr. */
export class PretendFailure extends Error {
  readonly exitCode: number;

  constructor(text: string, exitCode = 1) {
    super(text);
    this.exitCode = exitCode;
  }
}

/** An uncaught Python exception, as a traceback of the trainer. */
export function pythonError(text: string): PretendFailure {
  return new PretendFailure(
    `Traceback (most recent call last):\n  File "scripts/train_showcase.py", line 1, in <module>\n${text}`,
  );
}
