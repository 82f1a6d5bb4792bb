import { momentOf, type Clock } from '../clock.ts';
import type { Store } from '../store/store.ts';

/** Runs that nobody drives. */
export interface Orphans {
  look(): string[];
  /** Whether some are there that may yet be somebody's. */
  areWatched(): boolean;
}

/** Whoever has just made a run, or wakes up with a computer that has slept, is not forestalled. */
const patienceMs = 20_000;

/** Those that were given back, by Ctrl-C or by `--detach`, and those that were seen without a controller for a while, since that died. */
export function findOrphans(store: Store, clock: Clock): Orphans {
  let since = new Map<string, number>();
  const isLeft = (id: string, now: number) => store.isGivenBack(id) || now - (since.get(id) ?? now) >= patienceMs;
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
