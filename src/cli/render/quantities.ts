import { formatDuration } from '../../language/units.ts';

/** What stands where a value is not known: never 0. */
const unknown = '-';

export function formatSteps(step: number | null, of: number | null): string {
  if (step === null) return unknown;
  return of === null ? String(step) : `${step}/${of}`;
}

/** `3.2/s`, and below one in ten seconds `14s each`. */
export function formatRate(perSecond: number | null): string {
  if (perSecond === null) return unknown;
  if (perSecond > 0 && perSecond < 0.1) return `${formatDuration(1 / perSecond)} each`;
  return `${formatSignificant(perSecond)}/s`;
}

export function formatSeconds(seconds: number | null): string {
  return seconds === null ? unknown : formatDuration(seconds < 1 ? seconds : Math.round(seconds));
}

/** What is left, in whole seconds: the last one is told as one second, not as none. */
export function formatEta(seconds: number | null): string {
  return seconds === null ? unknown : formatDuration(Math.ceil(seconds));
}

/** Between writing down a time and looking at the clock, in two processes. */
const atOnceMs = 2_000;

/** How long ago an RFC 3339 time was. One that is still to come was written down before the clock was set back: its age is not known. */
export function formatAge(time: string | null, nowMs: number): string {
  if (time === null) return 'never';
  const ageMs = nowMs - Date.parse(time);
  return ageMs < -atOnceMs ? 'clock set back' : `${formatDuration(Math.max(0, Math.round(ageMs / 1000)))} ago`;
}

export function formatMoney(amount: number, currency: string | null): string {
  return currency === null ? amount.toFixed(2) : `${amount.toFixed(2)} ${currency}`;
}

function formatSignificant(value: number): string {
  return value >= 100 ? value.toFixed(0) : String(Number(value.toPrecision(3)));
}
