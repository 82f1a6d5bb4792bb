import { rfc3339 } from '../clock.ts';
import type { SampleRow } from '../store/records.ts';

/** One row of a metric file, with where it comes from first and the columns of the file after. */
export type MetricRow = Record<string, unknown>;

const origin = ['worker', 'source', 'attempt', 'step', 'at'];

/** A column of the file that is called like one of ours is ours; `step` and `at` mean the same in both. */
export function describeSample(sample: SampleRow): MetricRow {
  const { worker, source, attempt, step, at } = sample;
  const ours = { worker, source, attempt, step, at: rfc3339(at) };
  const theirs = Object.entries(sample.columns).filter(([name]) => !origin.includes(name));
  return { ...ours, ...Object.fromEntries(theirs) };
}

/** Every column that any row has, ours first, then in the order of their first appearance. */
export function listColumns(rows: Iterable<MetricRow>): string[] {
  const names = new Set(origin);
  for (const row of rows) for (const name of Object.keys(row)) names.add(name);
  return [...names];
}
