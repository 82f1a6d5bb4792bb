import { momentOf, type Clock } from '../clock.ts';
import type { Store } from '../store/store.ts';

/** Runs that nobody drives. */
export interface Orphans {
  look(): string[];
  /** Whether some are there that may yet be somebody's. */
  areWatched(): boolean;
}

/** As long as between two looks of a person: whoever has just made a run, or comes back to one, is not forestalled. */
const patienceMs = 20_000;

/** Those that were seen without a controller for a while: left by Ctrl-C, by `--detach`, or by a controller that died. */
export function findOrphans(store: Store, clock: Clock): Orphans {
  let since = new Map<string, number>();
  const isLeft = (id: string, now: number) => now - (since.get(id) ?? now) >= patienceMs;
  return {
    look: () => {
      const now = clock.monotonic();
      const moment = momentOf(clock);
      const left = store.activeRuns().filter(({ id, state }) => state !== 'blocked' && store.holder(id, moment) === null);
      since = new Map(left.map(({ id }) => [id, since.get(id) ?? now]));
      return left.flatMap(({ id }) => (isLeft(id, now) ? [id] : []));
    },
    areWatched: () => [...since.keys()].some((id) => !isLeft(id, clock.monotonic())),
  };
}
