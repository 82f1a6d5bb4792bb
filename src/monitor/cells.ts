export type Cell = number | string | null;

const number = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i;
const withThousands = /^[+-]?\d{1,3}(?:,\d{3})+(?:\.\d*)?$/;
const notFinite = /^[+-]?(?:nan(?:\([a-z0-9]*\))?|inf|infinity|∞|\d\.#(?:q?nan|s?nan|inf|ind)\d*)$/i;

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
