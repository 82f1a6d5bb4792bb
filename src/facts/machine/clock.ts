import type { Section } from '../sections.ts';

export interface ClockOffset {
  /** Seconds that the host's clock is ahead of this machine's. */
  offsetSeconds: number;
  /** The true offset is within so many seconds of it. */
  uncertaintySeconds: number;
}

/** When a question was sent and its answer received, on this machine's wall clock. */
export interface AskedAt {
  sentMs: number;
  receivedMs: number;
}

/** The first and the last thing that a question does. */
export function clockSection(name: 'clock-begin' | 'clock-end'): Section {
  return { name, script: 'exec date +%s.%N', timeoutSeconds: 5 };
}

/**
 * As NTP does it: what lies between the host's two looks at its clock is no uncertainty, the way there and back is. A `date` without
 * nanoseconds is in the middle of its second.
 */
export function compareClocks(begin: string, end: string, asked: AskedAt | null): ClockOffset | null {
  const [first, last] = [readTime(begin), readTime(end)];
  if (first === null || last === null || asked === null) return null;
  const [sent, received] = [asked.sentMs / 1000, asked.receivedMs / 1000];
  const onTheWay = Math.max(0, received - sent - (last.seconds - first.seconds));
  return {
    offsetSeconds: round((first.seconds - sent + last.seconds - received) / 2),
    uncertaintySeconds: round(onTheWay / 2 + first.half),
  };
}

function readTime(text: string): { seconds: number; half: number } | null {
  const [, whole, fraction] = /^(\d{1,12})(?:\.(\d{0,9}|%?N))?\s*$/.exec(text.trim()) ?? [];
  if (whole === undefined) return null;
  const hasFraction = fraction !== undefined && /^\d{9}$/.test(fraction);
  return hasFraction ? { seconds: Number(`${whole}.${fraction}`), half: 0 } : { seconds: Number(whole) + 0.5, half: 0.5 };
}

function round(seconds: number): number {
  return Math.round(seconds * 1000) / 1000;
}
