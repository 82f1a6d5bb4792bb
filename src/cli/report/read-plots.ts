import { compileCriterion } from '../../language/criterion.ts';
import type { Criterion } from '../../playbook/monitor/monitor.ts';
import type { ResolvedPlaybook } from '../../playbook/playbook.ts';
import type { SampleRow } from '../../store/records.ts';
import type { Store } from '../../store/store.ts';
import { drawEnvelope, type Envelope, type Stretch } from './envelope.ts';

/** One series over the run, with what was expected of it. */
export interface Plot {
  /** `source.column`. */
  name: string;
  /** What x counts: training steps, or seconds since the first reading. */
  over: 'steps' | 'seconds';
  /** The usual band of a criterion that looks at this series first. */
  band: { low: number | null; high: number | null; text: string } | null;
  /** One for each worker and device that has it. */
  lines: { name: string; stretches: Stretch[] }[];
}

const mostPlots = 24;
const mostLines = 16;

/** What the criteria look at, and the progress; in one pass over the rows. */
export function readPlots(store: Store, run: string, { monitor }: Pick<ResolvedPlaybook, 'monitor'>): Plot[] {
  if (monitor === null) return [];
  const wanted = listSeries(monitor.criteria).slice(0, mostPlots);
  const plots = wanted.map((series) => ({ ...series, ...collectLines() }));
  let startedAt: number | null = null;
  for (const row of store.readSamples(run, null)) {
    startedAt ??= row.at;
    for (const plot of plots) if (plot.source === row.source) plot.take(row, plot.column, startedAt);
  }
  return plots.flatMap(({ source, column, band, over, lines }) => {
    const drawn = lines();
    return drawn.length === 0 ? [] : [{ name: `${source}.${column}`, over: over(), band, lines: drawn }];
  });
}

interface Wanted {
  source: string;
  column: string;
  band: Plot['band'];
}

function listSeries(criteria: readonly Pick<Criterion, 'expr' | 'expected'>[]): Wanted[] {
  const found = new Map<string, Wanted>();
  for (const { expr, expected } of criteria) {
    const compiled = compileCriterion(expr);
    if (!compiled.ok) continue;
    for (const [index, { source, column }] of compiled.expression.series.entries()) {
      const key = JSON.stringify([source, column]);
      const band = index === 0 && expected !== null ? { low: expected.low, high: expected.high, text: expected.text } : null;
      found.set(key, { source, column, band: found.get(key)?.band ?? band });
    }
  }
  return [...found.values()];
}

function collectLines() {
  const envelopes = new Map<string, Envelope>();
  let bySteps = true;
  return {
    take(row: SampleRow, column: string, startedAt: number): void {
      const y = row.columns[column];
      if (typeof y !== 'number') return;
      const name = nameLine(row);
      const envelope = envelopes.get(name) ?? (envelopes.size < mostLines ? drawEnvelope() : null);
      if (envelope === null) return;
      envelopes.set(name, envelope);
      if (row.step === null) bySteps = false;
      envelope.add(row.step ?? (row.at - startedAt) / 1000, y);
    },
    over: (): Plot['over'] => (bySteps ? 'steps' : 'seconds'),
    lines: () => Array.from(envelopes, ([name, envelope]) => ({ name, stretches: envelope.read() })),
  };
}

function nameLine({ worker, columns }: SampleRow): string {
  const part = (['rank', 'index'] as const).flatMap((key) =>
    typeof columns[key] === 'number' ? [`${key} ${columns[key]}`] : [],
  );
  return [`worker ${worker}`, ...part].join(', ');
}
