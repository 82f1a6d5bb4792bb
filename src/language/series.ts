/** One reading of a metric; `x` is its step, or its time where it has none. Null, NaN and infinities are missing values. */
export interface Point {
  x: number;
  y: number | null;
}

/** What a metric function gives: its value, or why there is none. Missing is never good. */
export type Measurement = { value: number } | { unknown: string };

/** The functions that a criterion may call on `source.column`. */
export const seriesFunctions: Readonly<Record<string, (points: readonly Point[]) => Measurement>> = {
  last: (points) => measure(points.slice(-1), (values) => values[0]),
  min: (points) => measure(points, (values) => values.reduce((a, b) => Math.min(a, b))),
  max: (points) => measure(points, (values) => values.reduce((a, b) => Math.max(a, b))),
  mean: (points) => measure(points, mean),
  p50: (points) => measure(points, (values) => percentile(values, 0.5)),
  p95: (points) => measure(points, (values) => percentile(values, 0.95)),
  slope: (points) => measure(points, (values) => slope(points, values)),
  count: (points) => measure(points, (values) => values.length),
};

function measure(points: readonly Point[], compute: (values: readonly number[]) => number | undefined): Measurement {
  if (points.length === 0) return { unknown: 'has no readings' };
  const values: number[] = [];
  for (const { x, y } of points) {
    if (y === null) return { unknown: `has no value at ${x}` };
    if (!Number.isFinite(y)) return { unknown: `is ${y} at ${x}` };
    values.push(y);
  }
  const value = compute(values);
  if (value === undefined) return { unknown: 'has readings at one point only' };
  return Number.isFinite(value) ? { value } : { unknown: 'has readings too large to compute with' };
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Between the two nearest readings, in proportion. */
function percentile(values: readonly number[], fraction: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  const position = (sorted.length - 1) * fraction;
  const below = sorted[Math.floor(position)] ?? NaN;
  const above = sorted[Math.ceil(position)] ?? NaN;
  return below + (above - below) * (position - Math.floor(position));
}

/** Least squares; undefined when all readings are at one x. */
function slope(points: readonly Point[], values: readonly number[]): number | undefined {
  const [meanX, meanY] = [mean(points.map(({ x }) => x)), mean(values)];
  let [together, alone] = [0, 0];
  points.forEach(({ x }, index) => {
    together += (x - meanX) * ((values[index] ?? NaN) - meanY);
    alone += (x - meanX) ** 2;
  });
  return alone === 0 ? undefined : together / alone;
}
