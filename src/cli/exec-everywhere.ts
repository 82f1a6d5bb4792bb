import type { ExecResult } from '../engine/exec.ts';
import { exitCodes, type ExitCode } from '../errors.ts';
import type { Context } from './context.ts';

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
  const [{ commandText, execOn }, { planReach }, { runEverywhere }] = await Promise.all([
    import('../engine/exec.ts'),
    import('../engine/plan.ts'),
    import('../engine/run-everywhere.ts'),
  ]);
  const hosts = await context.selectHosts(wish.host);
  const targets = hosts.flatMap((host) => {
    const reach = planReach(host);
    const workers = host.reach.kind === 'ssh' ? host.reach.workers : [{ index: 0, address: null }];
    return workers.map(({ index, address }) => ({ host: host.name, worker: index, setup: host.setup, reach, address }));
  });
  const { connect } = await context.reachWorkers();
  const command = commandText(wish.words);
  const live = targets.length === 1 && wish.onOutput !== null;
  const results = await runEverywhere(targets, (target) =>
    execOn(
      () => connect({ name: target.host, reach: target.reach }, target.address),
      target,
      command,
      live ? wish.onOutput : null,
      wish.signal,
    ),
  );
  return { results, live };
}

export function exitOfExec(results: readonly ExecResult[]): ExitCode {
  if (results.some(({ error, exitCode }) => error === null && exitCode !== 0)) return exitCodes.didNotSucceed;
  return results.some(({ error }) => error !== null) ? exitCodes.unreachable : exitCodes.done;
}
