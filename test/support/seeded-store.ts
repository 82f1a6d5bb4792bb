import { momentOf, systemClock } from '../../src/clock.ts';
import { readOwner } from '../../src/store/owner.ts';
import { openStore } from '../../src/store/open-store.ts';
import type { Lease, NewRun } from '../../src/store/records.ts';
import type { Store } from '../../src/store/store.ts';

/** Puts runs into a real store, for the commands that look at it. */
export interface Seed {
  store: Store;
  /** A run that this process drives until `store.releaseLease(lease)`. */
  addRun: (run: Partial<NewRun> & { id: string }) => Lease;
}

export function seedStore(stateDir: string): Seed {
  const store = openStore(stateDir);
  return {
    store,
    addRun(run) {
      const createdAt = run.createdAt ?? Date.now();
      store.createRun(
        {
          kind: 'launch',
          playbook: 'prod-50k',
          point: null,
          profile: null,
          executor: 'detached',
          plan: JSON.stringify({
            version: 1,
            playbook: {
              description: 'a run',
              work: { steps: 100, tokensPerStep: 10, throughput: { low: 45, high: 55, text: '45..55' }, duration: null },
              monitor: {
                metrics: [],
                criteria: [
                  { name: 'throughput', expr: 'p50(training.loss) < 9', expected: { low: 1, high: 2, text: '1..2' }, then: [] },
                ],
              },
              env: [
                { name: 'NCCL_DEBUG', value: { text: 'INFO' } },
                { name: 'HF_TOKEN', value: { text: 'plain' } },
                { name: 'API', value: { secret: { env: 'API' } } },
              ],
              ...{ prepare: [], validate: [], verify: [] },
            },
          }),
          targets: [{ index: 0, role: 'main', host: 'prime1', worker: 0, address: '10.0.0.1' }],
          perHour: null,
          currency: null,
          createdAt,
          ...run,
        },
        { at: createdAt, kind: 'state', text: 'queued' },
      );
      const answer = store.takeLease(run.id, readOwner(), { ttlMs: 60_000, takeOver: false, ...momentOf(systemClock) });
      if (!answer.taken) throw new Error(`run ${run.id} is driven by somebody else`);
      return answer.lease;
    },
  };
}

/** Through every state up to a running job. */
export function start(store: Store, lease: Lease): void {
  const now = Date.now();
  for (const [from, to] of [
    ['queued', 'preparing'],
    ['preparing', 'validating'],
    ['validating', 'launching'],
    ['launching', 'running'],
  ] as const) {
    store.transition(lease, { from: [from], to, event: { at: now, kind: 'state', text: to }, startedAt: now });
  }
}

export function finish(
  store: Store,
  lease: Lease,
  result: 'succeeded' | 'failed' | 'halted' | 'cancelled',
  reason: string | null,
  endedAt = Date.now(),
): void {
  store.transition(lease, {
    from: ['queued', 'running'],
    to: result,
    event: { at: endedAt, kind: 'state', text: `${result}: the job is over` },
    outcome: { result, reason, exitCode: null, degraded: false },
    endedAt,
  });
}

/** Rows of a training file, the second without its loss, and two criteria. */
export function recordTraining(store: Store, lease: Lease, rows: number): void {
  store.recordBatch(lease, {
    observedAt: Date.now(),
    workerStates: [],
    offsets: [],
    samples: [
      {
        source: 'training',
        attempt: 1,
        worker: 0,
        generation: 0,
        rows: Array.from({ length: rows }, (_, index) => ({
          position: index * 20,
          step: index + 1,
          at: 1_800_000_000_000,
          columns: { step: index + 1, loss: index === 1 ? null : 1 / (index + 1), note: 'a,b' },
        })),
      },
    ],
    flags: [],
    criteria: [
      { name: 'throughput', verdict: 'violated', severity: 'red', expected: '>= 39', observed: '12', message: 'too slow' },
      { name: 'loss', verdict: 'met', severity: 'red', expected: null, observed: null, message: null },
    ],
    progress: { step: rows, of: 50_000, ratePerSecond: 2, etaSeconds: 3600 },
    health: 'green',
    events: [],
  });
}
