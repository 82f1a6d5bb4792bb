import type { ExecResult } from '../engine/exec.ts';
import { exitCodes, type ExitCode } from '../errors.ts';
import type { Host } from '../inventory/host.ts';
import type { Connection } from '../ssh/transport.ts';
import type { Context } from './context.ts';
import { gravestOf } from './exit-codes.ts';
import { selectTargets } from './select-targets.ts';
import type { Workers } from './workers.ts';

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
  const hosts = await selectTargets(context, wish.host);
  const { connect } = await context.reachWorkers();
  const targets = hosts.flatMap((host) => listWorkers(host, connect, planReach));
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

interface Target {
  host: string;
  worker: number;
  setup: string;
  connect: () => Promise<Connection>;
}

/** A host whose workers are not known yet stands there once, and fails when it is to be reached. */
function listWorkers(host: Host, connect: Workers['connect'], planReach: typeof import('../engine/plan.ts').planReach): Target[] {
  const workers = host.reach.kind === 'ssh' ? host.reach.workers : [{ index: 0, address: null }];
  return workers.map(({ index, address }) => ({
    host: host.name,
    worker: index,
    setup: host.setup,
    connect: async () => connect({ name: host.name, reach: planReach(host) }, address),
  }));
}
