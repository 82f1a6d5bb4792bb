/** A plain decimal number, times what its unit means; null for anything else, and for what is too large to be one. */
export function readDecimal(text: string | undefined, factor = 1): number | null {
  if (text === undefined || !/^\d+(?:\.\d+)?$/.test(text)) return null;
  const value = Number(text) * factor;
  return Number.isFinite(value) ? (factor === 1 ? value : Math.round(value)) : null;
}

/** A count or a pid: a whole number without anything beside it. */
export function readWhole(text: string | undefined): number | null {
  return text !== undefined && /^\d+$/.test(text) ? readDecimal(text) : null;
}
