export type Cell = number | string | null;

const number = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i;
/** `0,123` is no count of thousands. */
const withThousands = /^[+-]?[1-9]\d{0,2}(?:,\d{3})+(?:\.\d*)?$/;
const notFinite = /^[+-]?(?:nan(?:\([a-z0-9]*\))?|inf|infinity|∞|\d\.#(?:q?nan|s?nan|inf|ind)\d*)$/i;

/** A number with a decimal comma, or one that might be. */
const withComma = /^[+-]?\d[\d.]*,\d+(?:e[+-]?\d+)?$/i;

export function hasDecimalComma(text: string): boolean {
  return withComma.test(text.trim());
}

/** A number, null for NaN and Infinity in every spelling, or the text as it stands; an empty cell is empty text. */
export function parseCell(text: string): Cell {
  const trimmed = text.trim();
  if (number.test(trimmed)) return finiteOrNull(Number(trimmed));
  if (withThousands.test(trimmed)) return finiteOrNull(Number(trimmed.replaceAll(',', '')));
  return notFinite.test(trimmed) ? null : trimmed;
}

/** A training step, or null when the value cannot be one. */
export function parseStep(value: unknown): number | null {
  const cell = typeof value === 'string' ? parseCell(value) : value;
  return typeof cell === 'number' && cell >= 0 && cell <= Number.MAX_SAFE_INTEGER ? cell : null;
}

function finiteOrNull(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}

/** `1e999` is valid JSON and no number that can be kept. Gives how many there were. */
export function replaceNotFinite(columns: Record<string, unknown>): number {
  let replaced = 0;
  for (const key in columns) {
    const value = columns[key];
    if (typeof value !== 'number' || Number.isFinite(value)) continue;
    columns[key] = null;
    replaced += 1;
  }
  return replaced;
}

/** Seconds since 1970 up to the year 5138: a larger number is in another unit. */
const latestSeconds = 1e11;

/** Milliseconds, of the seconds that a record gives as its time. */
export function parseTime(ts: unknown): number | null {
  return typeof ts === 'number' && ts > 0 && ts < latestSeconds ? Math.round(ts * 1000) : null;
}
