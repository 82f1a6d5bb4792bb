import { usageError } from '../../errors.ts';
import type { EntryRecord } from '../../store/queue-records.ts';
import type { Store } from '../../store/store.ts';

export type Mode = 'min' | 'max';

/** A metric by its source and column, as expressions name it. */
export interface MetricName {
  source: string;
  column: string;
}

/** What came of an entry over all its runs; values are those of the params that it has now. */
export interface ResultRow {
  entry: string;
  name: string;
  point: string | null;
  host: string;
  params: Record<string, string>;
  /** What a ladder has changed of them: the values are those of its last run. */
  changed: Record<string, string>;
  state: EntryRecord['state'];
  run: string | null;
  /** From the start of each job to its end. */
  seconds: number | null;
  /** Of the metric: its best value with its step, and its last one. */
  best: number | null;
  bestStep: number | null;
  last: number | null;
}

export interface Results {
  metric: string | null;
  mode: Mode;
  rows: ResultRow[];
  /** The entry whose value is the best; null: no value is known. */
  best: string | null;
}

/** `training.val_loss`. */
export function parseMetricName(text: string): MetricName {
  const [source, column, ...more] = text.split('.');
  if (!source || !column || more.length > 0)
    throw usageError('usage', `--metric: expected SOURCE.COLUMN like training.loss, got "${text}"`);
  return { source, column };
}

/** The best first where a metric is named, else in the order of the queue. */
export function readResults(store: Store, entries: readonly EntryRecord[], metric: MetricName | null, mode: Mode): Results {
  const rows = entries.map((entry) => readRow(store, entry, metric, mode));
  const known = rows.filter(({ best }) => best !== null).toSorted((one, other) => compare(one.best, other.best, mode));
  const unknown = rows.filter(({ best }) => best === null);
  return {
    metric: metric === null ? null : `${metric.source}.${metric.column}`,
    mode,
    rows: [...known, ...unknown],
    best: known[0]?.entry ?? null,
  };
}

function readRow(store: Store, entry: EntryRecord, metric: MetricName | null, mode: Mode): ResultRow {
  const { id, name, point, host, params, changed, state, runs } = entry;
  // With other params it was another experiment.
  const same = runs.slice(entry.runsBefore);
  const values = metric === null ? { best: null, bestStep: null, last: null } : readValues(store, same, metric, mode);
  return {
    entry: id,
    name,
    point,
    host,
    params,
    changed,
    state,
    run: runs.at(-1) ?? null,
    seconds: sumSeconds(store, runs),
    ...values,
  };
}

function readValues(store: Store, runs: readonly string[], { source, column }: MetricName, mode: Mode) {
  const found: Pick<ResultRow, 'best' | 'bestStep' | 'last'> = { best: null, bestStep: null, last: null };
  for (const run of runs) {
    for (const { columns, step } of store.readSamples(run, source)) {
      const value = columns[column];
      if (typeof value !== 'number') continue;
      found.last = value;
      if (found.best !== null && compare(found.best, value, mode) <= 0) continue;
      found.best = value;
      found.bestStep = step;
    }
  }
  return found;
}

function sumSeconds(store: Store, runs: readonly string[]): number | null {
  const spans = runs.flatMap((id) => {
    const run = store.readRun(id);
    return run === null || run.startedAt === null || run.endedAt === null
      ? []
      : [Math.max(0, run.endedAt - run.startedAt) / 1000];
  });
  return spans.length === 0 ? null : spans.reduce((sum, seconds) => sum + seconds, 0);
}

function compare(one: number | null, other: number | null, mode: Mode): number {
  return (mode === 'min' ? 1 : -1) * ((one ?? 0) - (other ?? 0));
}
