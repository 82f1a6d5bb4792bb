import { finite, type KnownReading, type Measurement } from './reading.ts';
import { median, mostExact } from './quantiles.ts';

interface Growth {
  add(reading: KnownReading): void;
  measure(): Measurement;
}

/** The readings of a lane in their order; of a long one the means of 2, 4, 8 … that follow each other. */
interface Lane {
  values: number[];
  together: number;
  sum: number;
  summed: number;
}

/** How much larger the median of the last tenth is than that of the first tenth, as a part of the first. Of several lanes, each gives its tenths. */
export function collectGrowth(): Growth {
  const lanes = new Map<number, Lane>();
  return {
    add({ y, lane: number }) {
      let lane = lanes.get(number);
      if (lane === undefined) lanes.set(number, (lane = { values: [], together: 1, sum: 0, summed: 0 }));
      addTo(lane, y);
    },
    measure() {
      const all = [...lanes.values()].map(({ values, sum, summed }) => (summed === 0 ? values : [...values, sum / summed]));
      if (all.every(({ length }) => length < 2)) return { unknown: 'has one reading only' };
      const first = median(all.flatMap((values) => values.slice(0, Math.ceil(values.length / 10))));
      const last = median(all.flatMap((values) => values.slice(-Math.ceil(values.length / 10))));
      if (first === 0) return { unknown: 'begins at 0, and has no growth in proportion' };
      return finite((last - first) / Math.abs(first));
    },
  };
}

function addTo(lane: Lane, value: number): void {
  lane.sum += value;
  lane.summed += 1;
  if (lane.summed < lane.together) return;
  lane.values.push(lane.sum / lane.summed);
  [lane.sum, lane.summed] = [0, 0];
  if (lane.values.length < mostExact) return;
  const pairs = lane.values.filter((_, index) => index % 2 === 0);
  lane.values = pairs.map((one, index) => (one + (lane.values[index * 2 + 1] ?? one)) / 2);
  lane.together *= 2;
}
