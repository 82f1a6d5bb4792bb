import { formatDuration } from '../language/units.ts';
import type { Judged } from './judged.ts';
import type { HoldRule } from './rules.ts';

/** Lets a verdict change only after the new one has held, so that noise around a limit is no alarm. The first `met` counts at once. */
export interface Hold {
  /** After a reading of that time. */
  take(judged: Judged, at: number): void;
  read(): Judged;
}

interface Challenger {
  judged: Judged;
  since: number;
  until: number;
  readings: number;
}

export function createHold(rule: HoldRule): Hold {
  let confirmed: Judged | null = null;
  let challenger: Challenger | null = null;

  return {
    take(judged, at) {
      if (judged.verdict === (confirmed?.verdict ?? 'met')) {
        confirmed = judged;
        challenger = null;
        return;
      }
      const goesOn = challenger?.judged.verdict === judged.verdict ? challenger : null;
      challenger = { judged, since: goesOn?.since ?? at, until: at, readings: (goesOn?.readings ?? 0) + 1 };
      if (!hasHeld(rule, challenger)) return;
      confirmed = judged;
      challenger = null;
    },
    read() {
      if (challenger === null) return confirmed ?? { verdict: 'pending', ...nothingYet };
      const held = `${words[challenger.judged.verdict]}, for ${sayHeld(rule, challenger)}`;
      const { observed, value } = challenger.judged;
      if (confirmed === null) return { ...challenger.judged, verdict: 'pending', message: held };
      return { ...confirmed, observed, value, message: confirmed.verdict === 'met' ? confirmed.message : held };
    },
  };
}

const words = { met: 'holds again', violated: 'does not hold', inconclusive: 'is not known', pending: 'is not known' } as const;
const nothingYet = { severity: 'yellow', observed: null, value: null, message: 'waits for the first reading' } as const;

function hasHeld(rule: HoldRule, { since, until, readings }: Challenger): boolean {
  return rule.kind === 'readings' ? readings >= rule.count : until - since >= rule.seconds * 1000;
}

function sayHeld(rule: HoldRule, { since, until, readings }: Challenger): string {
  if (rule.kind === 'readings') return `${readings} of ${rule.count} readings`;
  return `${formatDuration(Math.max(0, until - since) / 1000)} of ${formatDuration(rule.seconds)}`;
}

export function describeHold(rule: HoldRule): string {
  return rule.kind === 'readings' ? `${rule.count} readings` : formatDuration(rule.seconds);
}
