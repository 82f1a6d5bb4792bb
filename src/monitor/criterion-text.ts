import type { Measured, SeriesName } from '../language/criterion.ts';
import { formatSize } from '../language/units.ts';
import { acceleratorUnits } from './accelerators.ts';
import type { Band, CriterionRule, SourceRule } from './rules.ts';

export function describeExpected(rule: CriterionRule): string {
  const window = rule.window.kind === 'steps' ? ` over steps ${rule.window.from}..${rule.window.to}` : '';
  const band = rule.expected === null ? '' : `, usually ${rule.expected.text}`;
  return `${rule.expr}${window}${band}`;
}

/** The numbers on the measured sides, with their units where they are known; null when nothing could be measured. */
export function describeMeasured(measured: Measured[], series: SeriesName[], sources: SourceRule[]): string | null {
  const known = measured.flatMap(({ text, value }) =>
    value === null ? [] : [{ text, shown: formatValue(text, value, series, sources) }],
  );
  const [first] = known;
  if (first === undefined) return null;
  return measured.length === 1 ? first.shown : known.map(({ text, shown }) => `${text} = ${shown}`).join(', ');
}

/** Null inside the band. Far better than expected is told as well. */
export function describeBand(band: Band, value: number | null): string | null {
  if (value === null) return null;
  if (band.low !== null && value < band.low) return `${formatNumber(value)} is below the usual ${band.text}`;
  if (band.high !== null && value > band.high) return `${formatNumber(value)} is above the usual ${band.text}`;
  return null;
}

/** A slope or a count is no longer in the unit of its column. */
function formatValue(text: string, value: number, series: SeriesName[], sources: SourceRule[]): string {
  const match = /^(?:last|min|max|mean|p50|p95)\(([^()]*)\)$/.exec(text);
  const read = series.find(({ source, column }) => `${source}.${column}` === match?.[1]);
  const ofAccelerators = sources.some((source) => source.kind === 'accelerators' && source.name === read?.source);
  const unit = read === undefined || !ofAccelerators ? undefined : acceleratorUnits[read.column];
  if (unit === 'bytes') return formatSize(value);
  return unit === undefined ? formatNumber(value) : `${formatNumber(value)} ${unit}`;
}

function formatNumber(value: number): string {
  return String(Number(value.toPrecision(6)));
}
