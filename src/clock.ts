import { uptime } from 'node:os';

/** One moment on the two clocks that processes share. */
export interface Moment {
  now: number;
  sinceBoot: number;
}

/** Time as the rest of fleet sees it, so that tests can drive it. */
export interface Clock {
  /** Wall clock, milliseconds since 1970. For what people read; never subtracted to get an age. */
  now(): number;
  /** Milliseconds on a clock that never jumps, and stands still while the machine sleeps. For ages and limits inside this process. */
  monotonic(): number;
  /** Milliseconds since the machine was booted, its sleep counted: one clock for all processes of one boot, and nobody sets it. */
  sinceBoot(): number;
  /** Resolves after `ms`, or at once when `signal` aborts. Never rejects. */
  wait(ms: number, signal?: AbortSignal): Promise<void>;
}

export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  sinceBoot: () => uptime() * 1000,
  wait: (ms, signal) =>
    new Promise((resolve) => {
      if (signal?.aborted) {
        resolve();
        return;
      }
      const finish = () => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', finish);
        resolve();
      };
      const timer = setTimeout(finish, ms);
      signal?.addEventListener('abort', finish, { once: true });
    }),
};

export function momentOf(clock: Pick<Clock, 'now' | 'sinceBoot'>): Moment {
  return { now: clock.now(), sinceBoot: clock.sinceBoot() };
}

/** RFC 3339 in UTC, whole milliseconds. */
export function rfc3339(ms: number): string {
  return new Date(ms).toISOString();
}

export function rfc3339OrNull(ms: number | null): string | null {
  return ms === null ? null : rfc3339(ms);
}
