import { exitCodes, type ExitCode } from '../errors.ts';
import { listAccelerators, type Accelerator } from '../facts/accelerators.ts';
import type { Facts } from '../facts/facts.ts';
import type { Context } from './context.ts';
import { selectWorkers } from './worker-targets.ts';

type Found = Omit<Facts, 'accelerators'>;

/** The facts of a worker as `--json` shows them. What is not known is null; all of it is for one that could not be reached. */
export type FactsDocument = {
  host: string;
  worker: number;
  reachable: boolean;
  error: { code: string; message: string; suggestions: string[] } | null;
  /** When they were found, in RFC 3339. */
  observedAt: string | null;
  /** Empty where there are none, null where nobody knows. */
  accelerators: Accelerator[] | null;
  /** What the tools of the accelerators said that is no list. */
  acceleratorProblems: string[];
} & { [Key in keyof Found]: Found[Key] | null };

/** Asks every worker that the pattern names, side by side, and stores what was found. */
export async function readFacts(context: Context, pattern: string): Promise<FactsDocument[]> {
  const [{ lookAtWorker }, { runEverywhere }, { plainQuestion }] = await Promise.all([
    import('../engine/look-at-host.ts'),
    import('../engine/run-everywhere.ts'),
    import('../facts/facts-script.ts'),
  ]);
  const targets = await selectWorkers(context, pattern);
  const store = await context.openStore();
  return runEverywhere(targets, async ({ host, worker, setup, connect }) => {
    const { facts, error } = await lookAtWorker(connect, { ...plainQuestion, setup }, () => context.clock.now());
    if (facts === null) return { host, worker, reachable: false, error, observedAt: null, ...nothing };
    const now = context.clock.now();
    store.recordFacts(host, worker, JSON.stringify(facts), now);
    return { host, worker, reachable: true, error, observedAt: new Date(now).toISOString(), ...describeFacts(facts) };
  });
}

export function exitCodeOfFacts(documents: readonly FactsDocument[]): ExitCode {
  return documents.every(({ reachable }) => reachable) ? exitCodes.done : exitCodes.unreachable;
}

type Described = Omit<FactsDocument, 'host' | 'worker' | 'reachable' | 'error' | 'observedAt'>;

function describeFacts({ accelerators: answer, ...facts }: Facts): Described {
  return { accelerators: listAccelerators(answer), acceleratorProblems: listProblems(answer), ...facts };
}

function listProblems(answer: Facts['accelerators']): string[] {
  switch (answer.kind) {
    case 'found':
      return answer.problems;
    case 'failed':
      return [answer.message];
    case 'none':
      return answer.because === undefined ? [] : [answer.because];
    case 'no-tool':
      return [];
  }
}

const nothing: Described = {
  accelerators: null,
  acceleratorProblems: [],
  tpu: null,
  hostname: null,
  bootId: null,
  uptimeSeconds: null,
  clock: null,
  os: null,
  kernel: null,
  architecture: null,
  cpuModel: null,
  cpuCount: null,
  memoryBytes: null,
  memoryAvailableBytes: null,
  diskFreeBytes: null,
  disks: null,
  limits: null,
  python: null,
  git: null,
  tools: null,
  network: null,
  problems: null,
};
