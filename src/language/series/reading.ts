/** One reading of a metric. */
export interface Reading {
  /** What a slope is measured along: its step, or seconds where it has none. */
  x: number;
  /** Null, NaN and infinities are missing values. */
  y: number | null;
  step: number | null;
  /** Milliseconds. */
  at: number;
  attempt: number;
  /** Of several files that are read side by side. Readings of one lane come in the order of its file. */
  lane: number;
}

export interface KnownReading extends Reading {
  y: number;
}

/** What a metric function gives: its value, or why there is none. Missing is never good. */
export type Measurement = { value: number } | { unknown: string };

export function finite(value: number | undefined): Measurement {
  return value !== undefined && Number.isFinite(value) ? { value } : { unknown: 'has readings too large to compute with' };
}

/** By attempt and time; at one time the lower lane is first. */
export function comesBefore(one: Reading, other: Reading): boolean {
  if (one.attempt !== other.attempt) return one.attempt < other.attempt;
  return one.at === other.at ? one.lane < other.lane : one.at < other.at;
}

export function describeMissing({ y, step, at }: Reading): { unknown: string } {
  const place = step === null ? new Date(at).toISOString() : `step ${step}`;
  return { unknown: y === null ? `has no value at ${place}` : `is ${y} at ${place}` };
}
