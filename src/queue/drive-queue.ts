import { momentOf } from '../clock.ts';
import { driveRun } from '../engine/drive-run.ts';
import { haltRun } from '../engine/halt/halt-run.ts';
import { Detached, LeaseLost } from '../engine/lease-lost.ts';
import { describeOwner } from '../engine/owner.ts';
import { exitCodes, FleetError, messageOf } from '../errors.ts';
import { isResult } from '../lifecycle/states.ts';
import type { QueueLease } from '../store/queue-records.ts';
import { lookAtQueue } from './look.ts';
import { findOrphans, type Orphans } from './orphans.ts';
import type { QueueParts } from './parts.ts';

export interface DriveQueueOptions {
  /** Aborts to hand over: jobs go on, and whoever comes next takes their runs up again. */
  signal: AbortSignal;
  /** As others read it: `daemon`. */
  what: string;
  /** Ends when nothing runs and nothing can start. */
  untilIdle: boolean;
  /** Also runs that were left by whoever drove them. */
  adopt: boolean;
}

const lookEveryMs = 2_000;
const holdMs = 30_000;
/** After a run could not be driven. */
const againAfterMs = 60_000;

/** Sees to the queue of a state folder, and drives its runs. One process does so at a time; a second one is told who. */
export async function driveQueue(parts: QueueParts, options: DriveQueueOptions): Promise<void> {
  const { store, clock } = parts;
  const lease = takeQueue(parts, options.what);
  const leaving = new AbortController();
  options.signal.addEventListener('abort', () => leaving.abort(new Detached()), { once: true });
  if (options.signal.aborted) leaving.abort(new Detached());
  const runs = driveSeveral(parts, leaving.signal);
  const orphans = options.adopt ? findOrphans(store, clock) : null;
  try {
    while (!leaving.signal.aborted) {
      await lookOnce(parts, runs, orphans);
      holdQueue(parts, lease);
      if (options.untilIdle && runs.count() === 0 && orphans?.areWatched() !== true) return;
      await runs.wait(lookEveryMs);
    }
  } finally {
    leaving.abort(new Detached());
    await runs.ended();
    store.releaseQueue(lease);
  }
}

async function lookOnce(parts: QueueParts, runs: Runs, orphans: Orphans | null): Promise<void> {
  const looked = await lookAtQueue(parts);
  for (const { run, reason } of looked.yielding) runs.halt(run, reason);
  for (const run of looked.runs) runs.drive(run);
  for (const run of orphans?.look() ?? []) runs.drive(run);
}

interface Runs {
  drive(run: string): void;
  halt(run: string, reason: string): void;
  count(): number;
  /** Until one of them is no longer driven, or so long. */
  wait(ms: number): Promise<void>;
  ended(): Promise<void>;
}

/** Runs that are driven side by side, each once. A halt replaces whoever drives, also ourselves. */
function driveSeveral(parts: QueueParts, signal: AbortSignal): Runs {
  const { clock } = parts;
  const driven = new Map<string, Promise<void>>();
  const halted = new Set<string>();
  const notBefore = new Map<string, number>();
  let wake = new AbortController();

  const begin = (run: string, work: () => Promise<unknown>): void => {
    const ended = work().then(
      () => undefined,
      (error: unknown) => {
        if (error instanceof LeaseLost || error instanceof Detached) return;
        notBefore.set(run, clock.monotonic() + againAfterMs);
        parts.logger.warn({ run, error: messageOf(error) }, 'a run could not be driven');
        parts.tell({ text: `run ${run}: ${messageOf(error)}`, run, trouble: true });
      },
    );
    const all = Promise.all([driven.get(run), ended]).then(() => {
      if (driven.get(run) === all) driven.delete(run);
      wake.abort();
    });
    driven.set(run, all);
  };
  const notice = (text: string) => parts.tell({ text, trouble: true });

  return {
    drive: (run) => {
      const record = parts.store.readRun(run);
      const isDriven = driven.has(run) || parts.store.holder(run, momentOf(clock)) !== null;
      const isEarly = clock.monotonic() < (notBefore.get(run) ?? 0);
      if (record === null || isResult(record.state) || record.state === 'blocked' || isDriven || isEarly) return;
      begin(run, () => driveRun(parts, run, { signal, takeOver: false, notice }));
    },
    halt: (run, reason) => {
      if (halted.has(run)) return;
      halted.add(run);
      begin(run, () => haltRun(parts, run, { reason, graceSeconds: null, force: false }, { signal, notice }));
    },
    count: () => driven.size,
    wait: async (ms) => {
      await clock.wait(ms, AbortSignal.any([signal, wake.signal]));
      wake = new AbortController();
    },
    ended: async () => {
      await Promise.all(driven.values());
    },
  };
}

function takeQueue({ store, clock, owner }: QueueParts, what: string): QueueLease {
  const answer = store.takeQueue(owner, what, { ttlMs: holdMs, ...momentOf(clock) });
  if (answer.taken) return answer.lease;
  const { holder } = answer;
  throw new FleetError(
    `fleet ${holder.what} of ${describeOwner(holder.owner)} sees to the queue since ${new Date(holder.since).toISOString()}`,
    {
      code: 'queue-held',
      exit: exitCodes.couldNot,
      suggestions: ['it starts what can start by itself: fleet queue list'],
    },
  );
}

function holdQueue({ store, clock }: QueueParts, lease: QueueLease): void {
  if (store.renewQueue(lease, { ttlMs: holdMs, ...momentOf(clock) })) return;
  throw new FleetError('somebody else sees to the queue now', { code: 'queue-held', exit: exitCodes.couldNot });
}
