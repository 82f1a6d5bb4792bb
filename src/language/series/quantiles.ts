import { createSketch, type Sketch } from './sketch.ts';

export interface Quantiles {
  add(value: number): void;
  /** Between the two nearest readings, in proportion. */
  at(fraction: number): number;
}

export const mostExact = 10_000;

/** Exact up to ten thousand readings, beyond that within a thousandth of the value (see `createSketch`). */
export function collectQuantiles(): Quantiles {
  let sorted: number[] = [];
  let added: number[] = [];
  let sketch: Sketch | null = null;
  return {
    add(value) {
      if (sketch !== null) {
        sketch.add(value);
        return;
      }
      added.push(value);
      if (sorted.length + added.length <= mostExact) return;
      sketch = createSketch();
      for (const each of sorted) sketch.add(each);
      for (const each of added) sketch.add(each);
      [sorted, added] = [[], []];
    },
    at(fraction) {
      const known = sketch;
      if (known !== null) return interpolate(known.count, fraction, (rank) => known.valueAt(rank));
      if (added.length > 0) {
        sorted = mergeSorted(sorted, added.sort(ascending));
        added = [];
      }
      return interpolate(sorted.length, fraction, (rank) => sorted[rank] ?? NaN);
    },
  };
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort(ascending);
  return interpolate(sorted.length, 0.5, (rank) => sorted[rank] ?? NaN);
}

function interpolate(count: number, fraction: number, valueAt: (rank: number) => number): number {
  const position = (count - 1) * fraction;
  const below = valueAt(Math.floor(position));
  const above = valueAt(Math.ceil(position));
  return below + (above - below) * (position - Math.floor(position));
}

function ascending(a: number, b: number): number {
  return a - b;
}

function mergeSorted(one: readonly number[], other: readonly number[]): number[] {
  const merged: number[] = [];
  let next = 0;
  for (const value of one) {
    for (let smaller = other[next]; smaller !== undefined && smaller < value; smaller = other[next]) {
      merged.push(smaller);
      next += 1;
    }
    merged.push(value);
  }
  return merged.concat(other.slice(next));
}
