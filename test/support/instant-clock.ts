import type { Clock } from '../../src/clock.ts';

/** A clock whose waits pass at once: time moves by what is waited for, and by `advance`. */
export interface InstantClock extends Clock {
  /** Milliseconds of every wait so far. */
  readonly waits: number[];
  advance(ms: number): void;
}

export function makeInstantClock(start = Date.UTC(2026, 0, 1)): InstantClock {
  let passed = 0;
  const waits: number[] = [];
  return {
    waits,
    now: () => start + passed,
    monotonic: () => passed,
    sinceBoot: () => passed,
    advance: (ms) => (passed += ms),
    wait: async (ms) => {
      waits.push(ms);
      passed += ms;
      await new Promise((resolve) => setImmediate(resolve));
    },
  };
}
