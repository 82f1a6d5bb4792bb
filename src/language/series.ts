import { collectByStep, type ByStep } from './series/by-step.ts';
import { collectEnds, type EndFunction } from './series/ends.ts';
import { collectGrowth } from './series/growth.ts';
import { collectMoments } from './series/moments.ts';
import { collectQuantiles } from './series/quantiles.ts';
import { comesBefore, describeMissing, finite, type KnownReading, type Measurement, type Reading } from './series/reading.ts';

/** The functions that a criterion may call on `source.column`. */
export const seriesFunctions = [
  'last',
  'first',
  'min',
  'max',
  'mean',
  'stddev',
  'p50',
  'p95',
  'slope',
  'growth',
  'rate',
  'delta',
  'count',
  'missing',
  'age',
] as const;

/** Those that compare two series. */
export const pairFunctions = ['distance'] as const;

type SingleFunction = (typeof seriesFunctions)[number];
export type SeriesFunction = SingleFunction | (typeof pairFunctions)[number];

export interface Measurable {
  /** `now`: milliseconds on the clock of the readings. */
  measure(name: SingleFunction, now: number): Measurement;
  /** How many readings there are, missing ones included. */
  readonly size: number;
  /** Only where `distance` is asked for. */
  readonly bySteps: ByStep | null;
}

export interface Series extends Measurable {
  add(reading: Reading): void;
}

/**
 * Takes what the functions asked for need, in bounded memory: sums, or at most ten thousand readings. The answers do not depend on the order in
 * which the readings of different lanes came.
 */
export function collectSeries(functions: ReadonlySet<SeriesFunction>): Series {
  const wants = (...names: SeriesFunction[]) => names.some((name) => functions.has(name));
  const ends = wants('last', 'first', 'rate', 'delta', 'age') ? collectEnds() : null;
  const moments = wants('mean', 'stddev', 'slope') ? collectMoments() : null;
  const quantiles = wants('p50', 'p95') ? collectQuantiles() : null;
  const growth = wants('growth') ? collectGrowth() : null;
  const bySteps = wants('distance') ? collectByStep() : null;
  let [size, missing, min, max] = [0, 0, Infinity, -Infinity];
  let firstMissing: Reading | null = null;

  return {
    add(reading) {
      size += 1;
      ends?.add(reading);
      const { y } = reading;
      if (y === null || !Number.isFinite(y)) {
        missing += 1;
        if (firstMissing === null || comesBefore(reading, firstMissing)) firstMissing = reading;
        return;
      }
      if (y < min) min = y;
      if (y > max) max = y;
      const known = reading as KnownReading;
      moments?.add(known);
      quantiles?.add(y);
      growth?.add(known);
      bySteps?.add(known);
    },
    measure(name, now) {
      if (size === 0) return { unknown: 'has no readings' };
      switch (name) {
        case 'count':
          return { value: size - missing };
        case 'missing':
          return { value: missing };
        case 'last':
        case 'first':
        case 'rate':
        case 'delta':
        case 'age':
          return ends?.measure(name, now) ?? notAsked;
        default:
          return firstMissing === null ? measureKnown(name) : describeMissing(firstMissing);
      }
    },
    get size() {
      return size;
    },
    bySteps,
  };

  function measureKnown(name: Exclude<SingleFunction, EndFunction | 'count' | 'missing'>): Measurement {
    switch (name) {
      case 'min':
        return finite(min);
      case 'max':
        return finite(max);
      case 'p50':
        return finite(quantiles?.at(0.5));
      case 'p95':
        return finite(quantiles?.at(0.95));
      case 'growth':
        return growth?.measure() ?? notAsked;
      default:
        return moments?.measure(name) ?? notAsked;
    }
  }
}

const notAsked: Measurement = { unknown: 'was not asked for this' };
