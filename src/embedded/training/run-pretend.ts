import { PretendFailure } from './failure.ts';

/** Runs the body of a pretend program; its failure is printed as the real program would, and becomes the exit status or the death. */
export async function runPretend(body: () => void | Promise<void>): Promise<void> {
  try {
    await body();
  } catch (error) {
    if (!(error instanceof PretendFailure)) throw error;
    if (error.message !== '') process.stderr.write(`${error.message}\n`);
    process.exitCode = error.exitCode;
    if (error.signal !== null) process.kill(process.pid, error.signal);
  }
}
