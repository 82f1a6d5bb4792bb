/** Bytes, with the text that the author wrote, so that messages can show it. GB is 10^9, GiB is 2^30. */
export interface Size {
  bytes: number;
  text: string;
}

const bytesPerUnit: Record<string, number> = {
  B: 1,
  kB: 1e3,
  KB: 1e3,
  MB: 1e6,
  GB: 1e9,
  TB: 1e12,
  PB: 1e15,
  KiB: 2 ** 10,
  MiB: 2 ** 20,
  GiB: 2 ** 30,
  TiB: 2 ** 40,
  PiB: 2 ** 50,
};

const shownSizes = ['PB', 'TB', 'GB', 'MB', 'kB'] as const;

const secondsPerUnit: Record<string, number> = { d: 86_400, h: 3_600, m: 60, s: 1, ms: 0.001 };

const shownDurations = [
  { unit: 'd', next: 'h' },
  { unit: 'h', next: 'm' },
  { unit: 'm', next: 's' },
] as const;

/** `80GB`, `40 GiB`, `1.5 TB`. Throws a RangeError that says what was expected; a number without a unit is refused. */
export function parseSize(text: string): Size {
  const expected = `expected a size such as "80GB" or "40GiB", got ${JSON.stringify(text)}`;
  const match = /^(?<amount>\d+(?:\.\d+)?)\s*(?<unit>[A-Za-z]*)$/.exec(text.trim());
  const { amount = '', unit = '' } = match?.groups ?? {};
  if (match === null) throw new RangeError(expected);
  if (unit === '') throw new RangeError(`${expected}, which has no unit`);
  const factor = bytesPerUnit[unit];
  if (factor === undefined || !Object.hasOwn(bytesPerUnit, unit)) {
    throw new RangeError(`${expected}: the units are ${Object.keys(bytesPerUnit).join(', ')}`);
  }
  const bytes = Math.round(Number(amount) * factor);
  if (!Number.isSafeInteger(bytes)) throw new RangeError(`${expected}, which is too large`);
  return { bytes, text: text.trim() };
}

/** Seconds. `15m`, `1h30m`, `2d 4h`, `500ms`: largest unit first, each once. Throws a RangeError that says what was expected. */
export function parseDuration(text: string): number {
  const expected = `expected a duration such as "15m" or "1h30m", got ${JSON.stringify(text)}`;
  const trimmed = text.trim();
  if (/^\d+(\.\d+)?$/.test(trimmed)) throw new RangeError(`${expected}, which has no unit`);
  if (trimmed.startsWith('-')) throw new RangeError(`${expected}, which is negative`);
  if (!/^(\d+(\.\d+)?[a-z]+\s*)+$/.test(trimmed)) throw new RangeError(expected);
  let seconds = 0;
  let largestAllowed = Infinity;
  for (const [, amount = '', unit = ''] of trimmed.matchAll(/([\d.]+)([a-z]+)/g)) {
    const factor = Object.hasOwn(secondsPerUnit, unit) ? secondsPerUnit[unit] : undefined;
    if (factor === undefined) throw new RangeError(`${expected}: the units are ${Object.keys(secondsPerUnit).join(', ')}`);
    if (factor >= largestAllowed) throw new RangeError(`${expected}: the largest unit comes first, and each stands once`);
    largestAllowed = factor;
    seconds += Number(amount) * factor;
  }
  if (seconds > Number.MAX_SAFE_INTEGER / 1000) throw new RangeError(`${expected}, which is too long`);
  return Math.round(seconds * 1e6) / 1e6;
}

/** The same, for what would always be over at once if it took no time. */
export function parsePositiveDuration(text: string): number {
  const seconds = parseDuration(text);
  if (seconds === 0) throw new RangeError(`expected a duration longer than nothing, got ${JSON.stringify(text)}`);
  return seconds;
}

/** Three digits and a decimal unit: `80 GB`, `17.2 GB`, `512 B`. */
export function formatSize(bytes: number): string {
  if (!Number.isFinite(bytes)) throw new RangeError(`not a number of bytes: ${bytes}`);
  const sign = bytes < 0 ? '-' : '';
  const magnitude = Math.abs(bytes);
  for (const unit of shownSizes) {
    const amount = Number((magnitude / (bytesPerUnit[unit] ?? 1)).toPrecision(3));
    if (amount >= 1) return `${sign}${amount} ${unit}`;
  }
  return `${sign}${Math.round(magnitude)} B`;
}

/** The two largest units: `2d3h`, `1h30m`, `15m`, `2.5s`, `500ms`. */
export function formatDuration(seconds: number): string {
  if (!Number.isFinite(seconds)) throw new RangeError(`not a number of seconds: ${seconds}`);
  if (seconds < 0) return `-${formatDuration(-seconds)}`;
  for (const { unit, next } of shownDurations) {
    const whole = secondsPerUnit[unit] ?? 1;
    const part = secondsPerUnit[next] ?? 1;
    const parts = Math.round(seconds / part);
    const perWhole = whole / part;
    if (parts < perWhole) continue;
    const rest = parts % perWhole;
    return `${Math.floor(parts / perWhole)}${unit}${rest === 0 ? '' : `${rest}${next}`}`;
  }
  const milliseconds = Math.round(seconds * 1000);
  if (milliseconds > 0 && milliseconds < 1000) return `${milliseconds}ms`;
  return `${Number(seconds.toFixed(seconds < 10 ? 1 : 0))}s`;
}
