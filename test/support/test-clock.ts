import { setImmediate } from 'node:timers/promises';
import { systemClock, type Clock } from '../../src/clock.ts';

/** A clock that runs as time does, until it is told to leave waiting out. */
export interface TestClock extends Clock {
  /** From now on nobody waits: the time for which they would have waited has passed at once. */
  skipWaits(): void;
  /** Waiting takes as long as it says again. */
  stopSkipping(): void;
}

interface Waiting {
  until: number;
  end: () => void;
}

interface TestEnd {
  onTestFinished(close: () => void): void;
}

export function makeTestClock(test: TestEnd): TestClock {
  let skippedMs = 0;
  let isSkipping = false;
  test.onTestFinished(() => {
    isSkipping = false;
  });
  const waiting = new Set<Waiting>();
  const monotonic = () => systemClock.monotonic() + skippedMs;

  /** The first of those who wait is the next thing that happens. */
  const skip = async (): Promise<void> => {
    while (isSkipping) {
      // Whoever was let go of last gets on as far as it can.
      await setImmediate();
      const [next] = [...waiting].sort((one, other) => one.until - other.until);
      if (next === undefined) continue;
      skippedMs += Math.ceil(Math.max(0, next.until - monotonic()));
      next.end();
    }
  };

  return {
    ...systemClock,
    now: () => systemClock.now() + skippedMs,
    monotonic,
    wait: async (ms, signal) => {
      const cut = new AbortController();
      const entry = { until: monotonic() + ms, end: () => cut.abort() };
      waiting.add(entry);
      await systemClock.wait(ms, AbortSignal.any(signal === undefined ? [cut.signal] : [cut.signal, signal]));
      waiting.delete(entry);
    },
    skipWaits: () => {
      isSkipping = true;
      void skip();
    },
    stopSkipping: () => (isSkipping = false),
  };
}
