const second = 1000;
const minute = 60 * second;

const delays = [5 * second, 30 * second, 2 * minute, 10 * minute, 30 * minute];
const longestDelayMs = 60 * minute;

/** How long a message is tried; then it is given up. */
export const longestAgeMs = 24 * 60 * minute;

/** How long to wait after so many tries. What the receiver asks for counts, up to an hour. */
export function delayAfter(tries: number, askedMs = 0): number {
  return Math.min(Math.max(delays[tries - 1] ?? longestDelayMs, askedMs), longestDelayMs);
}
