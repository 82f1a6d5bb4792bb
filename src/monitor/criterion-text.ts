import type { Measured, SeriesName } from '../language/criterion.ts';
import { formatDuration, formatSize } from '../language/units.ts';
import { describeWindow } from '../language/window.ts';
import { acceleratorUnits } from './accelerators.ts';
import { describeHold } from './hold.ts';
import type { Band, CriterionRule, SourceRule } from './rules.ts';

export function describeExpected({
  expr,
  window,
  phase = null,
  each = null,
  margin = 0,
  expected,
  hold = null,
}: CriterionRule): string {
  const span = describeWindow(window);
  const over = phase === null ? span : `${phase} (${span})`;
  return [
    expr,
    margin === 0 ? '' : ` within ${formatNumber(margin * 100)} %`,
    each === null ? '' : ` for each ${each.source === null ? '' : `${each.source}.`}${each.column}`,
    over === '' ? '' : ` over ${over}`,
    hold === null ? '' : `, told after ${describeHold(hold)}`,
    expected === null ? '' : `, usually ${expected.text}`,
  ].join('');
}

/** The numbers on the measured sides, with their units where they are known; null when nothing could be measured. */
export function describeMeasured(
  measured: Measured[],
  series: readonly SeriesName[],
  sources: readonly SourceRule[],
): string | null {
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

/** A slope, a growth or a count is no longer in the unit of its column. */
function formatValue(text: string, value: number, series: readonly SeriesName[], sources: readonly SourceRule[]): string {
  if (/^age\([^()]*\)$/.test(text)) return formatDuration(value);
  const match = /^(?:last|first|min|max|mean|stddev|p50|p95|delta)\(([^()]*)\)$/.exec(text);
  const read = series.find(({ source, column }) => `${source}.${column}` === match?.[1]);
  const ofAccelerators = sources.some((source) => source.kind === 'accelerators' && source.name === read?.source);
  const unit = read === undefined || !ofAccelerators ? undefined : acceleratorUnits[read.column];
  if (unit === 'bytes') return formatSize(value);
  return unit === undefined ? formatNumber(value) : `${formatNumber(value)} ${unit}`;
}

function formatNumber(value: number): string {
  return String(Number(value.toPrecision(6)));
}
