import { momentOf } from '../clock.ts';
import { mayMend } from '../engine/keep-lease.ts';
import { Detached } from '../engine/lease-lost.ts';
import { describeOwner } from '../engine/owner.ts';
import { exitCodes, FleetError } from '../errors.ts';
import type { QueueLease } from '../store/queue-records.ts';
import type { Store } from '../store/store.ts';
import { driveSeveral, type Runs } from './drive-several.ts';
import { lookAtQueue, type Looked } from './look.ts';
import { findOrphans, type Orphans } from './orphans.ts';
import type { QueueParts } from './parts.ts';

/**
 * When it ends by itself.
 *
 * - `always`: it does not.
 * - `while-busy`: when nothing runs and nothing can start.
 * - `while-needed`: when no run, no entry and no schedule is left to see to.
 */
export type Stay = 'always' | 'while-busy' | 'while-needed';

export interface DriveQueueOptions {
  /** Aborts to hand over: jobs go on, and whoever comes next takes their runs up again. */
  signal: AbortSignal;
  /** As others read it: `daemon`. */
  what: string;
  stays: Stay;
  /** Also runs that were left by whoever drove them. */
  adopt: boolean;
}

const lookEveryMs = 2_000;
const holdMs = 30_000;

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
    const mayEnd: Record<Stay, () => boolean> = {
      always: () => false,
      'while-busy': () => orphans?.areWatched() !== true,
      'while-needed': () => releaseUnneeded(store, lease),
    };
    while (!leaving.signal.aborted) {
      store.requirePlace();
      const ends = await lookOrTell(parts, async () => {
        const { hasMadeRoom } = await lookOnce(parts, runs, orphans);
        holdQueue(parts, lease);
        return !hasMadeRoom && runs.count() === 0 && mayEnd[options.stays]();
      });
      if (ends) return;
      await runs.wait(lookEveryMs);
    }
  } finally {
    leaving.abort(new Detached());
    await runs.ended();
    store.releaseQueue(lease);
  }
}

/** A full disk, or a store that another program keeps locked, is waited for: the next look does what this one could not. */
async function lookOrTell(parts: QueueParts, look: () => Promise<boolean>): Promise<boolean> {
  try {
    return await look();
  } catch (error) {
    if (!mayMend(error)) throw error;
    parts.tell({ text: `the queue cannot be seen to: ${error.message}`, trouble: true });
    return false;
  }
}

/** One write: whoever makes a run meanwhile finds nobody to leave it to, or somebody who stays for it. */
function releaseUnneeded(store: Store, lease: QueueLease): boolean {
  const isNeeded = () => store.activeRuns().length > 0 || store.listSchedules().length > 0 || store.countEntries().size > 0;
  return !isNeeded() && store.together(() => !isNeeded() && store.releaseQueue(lease));
}

async function lookOnce(parts: QueueParts, runs: Runs, orphans: Orphans | null): Promise<Looked> {
  const looked = await lookAtQueue(parts);
  for (const { run, reason } of looked.yielding) runs.halt(run, reason);
  for (const run of looked.runs) runs.drive(run);
  for (const run of orphans?.look() ?? []) runs.drive(run);
  return looked;
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
