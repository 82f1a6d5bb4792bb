import type { KnownReading, Measurement } from './reading.ts';
import { median, mostExact } from './quantiles.ts';

/** The value at each step. */
export interface ByStep {
  add(reading: KnownReading): void;
  read(): ReadonlyMap<number, number>;
}

/** Of a step that comes twice, the later attempt counts, then the higher lane, then the later reading. Of a long series every 2nd, 4th, 8th … step is kept. */
export function collectByStep(): ByStep {
  const kept = new Map<number, KnownReading>();
  let every = 1;
  return {
    add(reading) {
      const { step, attempt, lane } = reading;
      if (step === null || step % every !== 0) return;
      const before = kept.get(step);
      if (before !== undefined && (before.attempt - attempt || before.lane - lane) > 0) return;
      kept.set(step, reading);
      while (kept.size > mostExact) {
        every *= 2;
        for (const each of kept.keys()) if (each % every !== 0) kept.delete(each);
      }
    },
    read: () => new Map([...kept].map(([step, { y }]) => [step, y])),
  };
}

/** The median, over the steps that both have, of how far apart they are as a part of the larger. */
export function measureDistance(one: ByStep, other: ByStep): Measurement {
  const reference = other.read();
  const distances = [...one.read()].flatMap(([step, a]) => {
    const b = reference.get(step);
    return b === undefined ? [] : [relativeDistance(a, b)];
  });
  return distances.length === 0 ? { unknown: 'have no step in common' } : { value: median(distances) };
}

function relativeDistance(a: number, b: number): number {
  return a === b ? 0 : Math.abs(a - b) / Math.max(Math.abs(a), Math.abs(b));
}
