import { parseDuration, parseSize } from './units.ts';

/** Both ends included; null is open. */
export interface Range {
  low: number | null;
  high: number | null;
  text: string;
}

/** Reads one end; throws a RangeError that says what was expected. */
export type ReadAmount = (text: string) => number;

/** `45..55`, `>= 39`, `<= 39`, or one exact amount. Throws a RangeError that says what was expected. */
export function parseRange(text: string, readAmount: ReadAmount = parseNumber): Range {
  const trimmed = text.trim();
  const bound = /^(?<operator>>=|<=)(?<amount>.*)$/s.exec(trimmed)?.groups;
  if (bound !== undefined) {
    const amount = readAmount((bound['amount'] ?? '').trim());
    return bound['operator'] === '>=' ? { low: amount, high: null, text: trimmed } : { low: null, high: amount, text: trimmed };
  }
  const [first = '', second, ...rest] = trimmed.split('..');
  if (rest.length > 0) throw new RangeError(`expected a range such as "45..55", got ${JSON.stringify(text)}`);
  const low = readAmount(first.trim());
  const high = second === undefined ? low : readAmount(second.trim());
  if (low > high) throw new RangeError(`expected the smaller end first, got ${JSON.stringify(text)}`);
  return { low, high, text: trimmed };
}

/** Seconds: `15h..20h`. */
export function parseDurationRange(text: string): Range {
  return parseRange(text, parseDuration);
}

/** Bytes: `400MB..600MB`, `>= 1MB`. */
export function parseSizeRange(text: string): Range {
  return parseRange(text, (from) => parseSize(from).bytes);
}

/** A band in whatever unit the author gives: `45..55`, `25GB..30GB`, `1s..2s`. */
export function parseBand(text: string): Range {
  for (const parse of [(from: string) => parseRange(from), parseSizeRange, parseDurationRange]) {
    try {
      return parse(text);
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
    }
  }
  throw new RangeError(`expected a range such as "45..55" or "25GB..30GB", got ${JSON.stringify(text)}`);
}

/** `about` with a tolerance in percent, the same to both sides: `500MB`, `20%`. */
export function parseTolerance(about: string, tolerance: string, readAmount: ReadAmount): Range {
  const part = parsePercent(tolerance, 'a tolerance');
  const middle = readAmount(about);
  const spread = middle * part;
  return { low: middle - spread, high: middle + spread, text: `${about.trim()} ± ${tolerance.trim()}` };
}

/** `20%` as 0.2. */
export function parsePercent(text: string, what: string): number {
  const percent = /^(\d+(?:\.\d+)?)\s*%$/.exec(text.trim())?.[1];
  if (percent === undefined) throw new RangeError(`expected ${what} such as "20%", got ${JSON.stringify(text)}`);
  return Number(percent) / 100;
}

export function isWithin(range: Pick<Range, 'low' | 'high'>, value: number): boolean {
  return (range.low === null || value >= range.low) && (range.high === null || value <= range.high);
}

export function parseNumber(text: string): number {
  const value = /^[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?$/.test(text) ? Number(text) : NaN;
  if (!Number.isFinite(value)) throw new RangeError(`expected a number, got ${JSON.stringify(text)}`);
  return value;
}
