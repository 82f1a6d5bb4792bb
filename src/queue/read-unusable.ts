import { hostOf } from '../language/place.ts';
import { cameToNothing } from '../lifecycle/came-to-nothing.ts';
import type { QueuedEntry } from '../store/queue-records.ts';
import type { Store } from '../store/store.ts';

/** A host on which a run has just come to nothing, before its job: out of reach, or somebody else's. */
export interface Unusable {
  /** The entry that is tried again first. */
  entry: string;
  because: string;
  until: number;
}

/** By host, or by slot of one. Eighteen entries that wait for one host would else knock at it eighteen times as often. */
export function readUnusable(store: Store, entries: readonly QueuedEntry[], now: number): Map<string, Unusable> {
  const found = new Map<string, Unusable>();
  for (const { id, state, hosts, runs, notBefore, reason } of entries) {
    if (state !== 'waiting' || notBefore === null || notBefore <= now) continue;
    const run = store.readRun(runs.at(-1) ?? '');
    if (run === null || !cameToNothing(run)) continue;
    // Out of reach is the whole machine; what is busy may be one slot of it.
    const isOut = run.outcome?.result === 'cancelled';
    for (const host of isOut ? hosts.map(hostOf) : hosts)
      if (!found.has(host)) found.set(host, { entry: id, because: reason ?? `run ${run.id}`, until: notBefore });
  }
  return found;
}
