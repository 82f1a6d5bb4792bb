/** What is usual between two records of progress, and how much more is too much. */
export interface UsualInterval {
  add(seconds: number): void;
  /** Null until enough is known. */
  limitSeconds(): number | null;
}

const kept = 64;
const fewest = 8;
/** A step may wait for data, a neighbour or a checkpoint, and still come. */
const factor = 10;

export function learnInterval(): UsualInterval {
  let intervals: number[] = [];
  return {
    add(seconds) {
      intervals = [...intervals.slice(1 - kept), seconds];
    },
    limitSeconds() {
      if (intervals.length < fewest) return null;
      const sorted = intervals.toSorted((a, b) => a - b);
      return (sorted[sorted.length >> 1] ?? 0) * factor;
    },
  };
}
