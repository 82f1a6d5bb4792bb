import { listAccelerators, type Accelerator } from '../facts/accelerators.ts';
import type { Facts } from '../facts/facts.ts';
import { exitCodes, type ExitCode } from '../errors.ts';
import type { Looked } from '../engine/look-at.ts';
import type { Context } from './context.ts';
import { gravestOf } from './exit-codes.ts';
import { listWorkerTargets } from './worker-targets.ts';

/** One worker with what it has; null is unknown, never 0. */
export interface WorkerFacts extends Partial<Omit<Facts, 'accelerators'>> {
  host: string;
  worker: number;
  reachable: boolean;
  error: Looked['error'];
  /** Null where they could not be listed: `problems` says why. */
  accelerators: Accelerator[] | null;
  memoryBytes: number | null;
  diskFreeBytes: number | null;
  os: string | null;
  tools: Record<string, string | null>;
  problems: string[];
}

/** Asks every worker that the pattern names, side by side, and keeps what they have for the next look. */
export async function readFacts(context: Context, pattern: string): Promise<{ hosts: WorkerFacts[]; exit: ExitCode }> {
  const [{ lookAt }, { runEverywhere }] = await Promise.all([
    import('../engine/look-at.ts'),
    import('../engine/run-everywhere.ts'),
  ]);
  const targets = await listWorkerTargets(context, pattern);
  const looked = await runEverywhere(targets, (target) => lookAt(target.connect, target, context.clock));
  const store = await context.openStore();
  for (const { host, worker, facts } of looked) {
    if (facts !== null) store.recordFacts(host, worker, JSON.stringify(facts), context.clock.now());
  }
  const exit = gravestOf(looked.map(({ error }) => (error === null ? exitCodes.done : exitCodes.unreachable)));
  return { hosts: looked.map(describeWorker), exit };
}

function describeWorker({ host, worker, facts, error }: Looked): WorkerFacts {
  if (facts === null) {
    const nothing = { accelerators: null, memoryBytes: null, diskFreeBytes: null, os: null, tools: {}, problems: [] };
    return { host, worker, reachable: false, error, ...nothing };
  }
  const { accelerators: answer, ...rest } = facts;
  return { host, worker, reachable: true, error, ...rest, accelerators: listAccelerators(answer), problems: listProblems(facts) };
}

/** What a tool said beside its list belongs to it. */
function listProblems({ accelerators: answer, problems }: Facts): string[] {
  return answer.kind === 'found' ? [...problems, ...answer.problems] : problems;
}
