import { formatDuration, parseDuration, parsePositiveDuration } from './units.ts';

/** Which readings a criterion looks at. Times are in seconds; an end of null is open. */
export type Window =
  | { kind: 'whole' }
  | { kind: 'steps'; from: number; to: number | null }
  /** From the first reading of each file, in the newest attempt. */
  | { kind: 'since-start'; from: number; to: number | null }
  /** The newest readings. */
  | { kind: 'samples'; count: number }
  /** Back from the newest reading. */
  | { kind: 'time'; seconds: number };

const mostSamples = 10_000;

/** `steps 20..100`, `steps 100..`, `since start 0s..60m`, `last 100 samples`, `last 10m`. Throws a RangeError that says what was expected. */
export function parseWindow(text: string): Window {
  const trimmed = text.trim();
  const steps = /^steps\s+(\d{1,15})\s*\.\.\s*(\d{1,15})?$/.exec(trimmed);
  if (steps !== null) return { kind: 'steps', ...readEnds(text, steps, Number, 'step') };
  const sinceStart = /^since start\s+(\S.*?)\s*\.\.\s*(\S.*)?$/.exec(trimmed);
  if (sinceStart !== null) return { kind: 'since-start', ...readEnds(text, sinceStart, parseDuration, 'time') };
  const samples = /^last\s+(\d{1,15})\s+samples$/.exec(trimmed)?.[1];
  if (samples !== undefined) {
    const count = Number(samples);
    if (count < 1 || count > mostSamples)
      throw new RangeError(`expected from 1 to ${mostSamples} samples, got ${JSON.stringify(text)}`);
    return { kind: 'samples', count };
  }
  const last = /^last\s+(\S.*)$/.exec(trimmed)?.[1];
  if (last === undefined) {
    throw new RangeError(
      `expected a window such as "steps 20..100", "steps 100..", "since start 0s..60m", "last 100 samples", "last 10m" or "phase NAME", got ${JSON.stringify(text)}`,
    );
  }
  return { kind: 'time', seconds: parsePositiveDuration(last) };
}

function readEnds(text: string, match: RegExpExecArray, read: (end: string) => number, what: string) {
  const from = read((match[1] ?? '').trim());
  const to = match[2] === undefined ? null : read(match[2].trim());
  if (to !== null && from > to) throw new RangeError(`expected the smaller ${what} first, got ${JSON.stringify(text)}`);
  return { from, to };
}

/** `steps 20..100`; empty of the whole run. */
export function describeWindow(window: Window): string {
  switch (window.kind) {
    case 'whole':
      return '';
    case 'steps':
      return `steps ${window.from}..${window.to ?? ''}`;
    case 'since-start':
      return `${formatDuration(window.from)}..${window.to === null ? '' : formatDuration(window.to)} since the start`;
    case 'samples':
      return `the last ${window.count} samples`;
    case 'time':
      return `the last ${formatDuration(window.seconds)}`;
  }
}

/** Whether it is judged once, when it is over, and not again with each reading. */
export function isClosed(window: Window): boolean {
  return (window.kind === 'steps' || window.kind === 'since-start') && window.to !== null;
}
