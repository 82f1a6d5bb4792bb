/** Time as the rest of fleet sees it, so that tests can drive it. */
export interface Clock {
  /** Wall clock, milliseconds since 1970. For what people read; never subtracted to get an age. */
  now(): number;
  /** Milliseconds on a clock that never jumps. For ages and limits. */
  monotonic(): number;
  /** Resolves after `ms`, or at once when `signal` aborts. Never rejects. */
  wait(ms: number, signal?: AbortSignal): Promise<void>;
}

export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
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

/** RFC 3339 in UTC, whole milliseconds. */
export function rfc3339(ms: number): string {
  return new Date(ms).toISOString();
}
