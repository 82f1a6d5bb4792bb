import type { Clock } from '../clock.ts';

/** Node fires at once for anything longer. */
const longestMs = 2 ** 31 - 1;

/** Calls `act` after `ms`, unless the returned function is called before. */
export function startTimer(clock: Clock, ms: number, act: () => void): () => void {
  const cancelled = new AbortController();
  void clock.wait(Math.min(ms, longestMs), cancelled.signal).then(() => {
    if (!cancelled.signal.aborted) act();
  });
  return () => cancelled.abort();
}
