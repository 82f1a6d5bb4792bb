import { finite, type KnownReading, type Measurement } from './reading.ts';

interface Moments {
  add(reading: KnownReading): void;
  measure(name: 'mean' | 'stddev' | 'slope'): Measurement;
}

/** Means, and sums of products of the distances from them. */
interface Sums {
  count: number;
  meanX: number;
  meanY: number;
  xx: number;
  xy: number;
  yy: number;
}

const nothing: Sums = { count: 0, meanX: 0, meanY: 0, xx: 0, xy: 0, yy: 0 };

/** Running sums in the way of Welford: exact but for rounding, however long the series. */
export function collectMoments(): Moments {
  const lanes = new Map<number, Sums>();
  return {
    add({ x, y, lane }) {
      let sums = lanes.get(lane);
      if (sums === undefined) lanes.set(lane, (sums = { ...nothing }));
      addTo(sums, x, y);
    },
    measure(name) {
      // Sums depend on their order in the last digit, so the lanes are joined in theirs.
      const ordered = [...lanes].sort(([a], [b]) => a - b).map(([, sums]) => sums);
      const { count, meanY, xx, xy, yy } = ordered.reduce(join);
      if (name === 'mean') return finite(meanY);
      if (name === 'stddev') return count < 2 ? { unknown: 'has one reading only' } : finite(Math.sqrt(yy / (count - 1)));
      return xx === 0 ? { unknown: 'has readings at one point only' } : finite(xy / xx);
    },
  };
}

function addTo(sums: Sums, x: number, y: number): void {
  sums.count += 1;
  const [fromX, fromY] = [x - sums.meanX, y - sums.meanY];
  sums.meanX += fromX / sums.count;
  sums.meanY += fromY / sums.count;
  sums.xx += fromX * (x - sums.meanX);
  sums.xy += fromX * (y - sums.meanY);
  sums.yy += fromY * (y - sums.meanY);
}

function join(one: Sums, other: Sums): Sums {
  const count = one.count + other.count;
  const [fromX, fromY] = [other.meanX - one.meanX, other.meanY - one.meanY];
  const weight = (one.count * other.count) / count;
  return {
    count,
    meanX: one.meanX + (fromX * other.count) / count,
    meanY: one.meanY + (fromY * other.count) / count,
    xx: one.xx + other.xx + fromX * fromX * weight,
    xy: one.xy + other.xy + fromX * fromY * weight,
    yy: one.yy + other.yy + fromY * fromY * weight,
  };
}
