import type { ExecResult } from '../engine/exec.ts';
import { exitCodes, type ExitCode } from '../errors.ts';
import type { Context } from './context.ts';
import { gravestOf } from './exit-codes.ts';
import { selectWorkers } from './worker-targets.ts';

export type { ExecResult } from '../engine/exec.ts';

export interface ExecWish {
  host: string;
  words: readonly string[];
  signal: AbortSignal;
  /** Output as it comes; of several workers it would be mixed up, and is kept for the end instead. */
  onOutput: ((stream: 'stdout' | 'stderr', chunk: Buffer) => void) | null;
}

/** One command on every worker that the pattern names, side by side. `live`: its output has been given to `onOutput`. */
export async function execEverywhere(context: Context, wish: ExecWish): Promise<{ results: ExecResult[]; live: boolean }> {
  const [{ commandText, execOn }, { runEverywhere }] = await Promise.all([
    import('../engine/exec.ts'),
    import('../engine/run-everywhere.ts'),
  ]);
  const targets = await selectWorkers(context, wish.host);
  const live = targets.length === 1 && wish.onOutput !== null;
  const onOutput = live ? wish.onOutput : null;
  const command = commandText(wish.words);
  const results = await runEverywhere(targets, (target) => execOn(target.connect, target, command, onOutput, wish.signal));
  return { results, live };
}

export function exitCodeOfExec(results: readonly ExecResult[]): ExitCode {
  return gravestOf(
    results.map(({ error, exitCode }) => {
      if (error !== null) return exitCodes.unreachable;
      return exitCode === 0 ? exitCodes.done : exitCodes.didNotSucceed;
    }),
  );
}
