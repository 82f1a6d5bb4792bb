import { PretendFailure } from './failure.ts';

/** Runs the body of a pretend program; its failure is printed as the real program would, and becomes the exit status. */
export async function runPretend(body: () => Promise<void>): Promise<void> {
  try {
    await body();
  } catch (error) {
    if (!(error instanceof PretendFailure)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exitCode = error.exitCode;
  }
}
