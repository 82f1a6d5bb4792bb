import { compilePattern } from '../language/pattern.ts';
import type { SlowPhase } from './rules.ts';

export interface SlowPhases {
  seeLine(line: string): void;
  /** After each look: the most patient phase that the job may be in, or null. */
  look(advanced: boolean, step: number | null): SlowPhase | null;
}

/**
 * A phase that a line began lasts until the next progress, but for progress that was read together with the line: which came first is not known then.
 * One by steps is on when its step lies between the record before the last and the one to come: a trainer may tell of a step before or after it saves.
 */
export function watchSlowPhases(phases: readonly SlowPhase[]): SlowPhases {
  const byLine = phases.flatMap((phase) => {
    const compiled = phase.log === null ? null : compilePattern(phase.log);
    return compiled?.ok === true ? [{ phase, pattern: compiled.pattern }] : [];
  });
  let begun: SlowPhase[] = [];
  let begunNow: SlowPhase[] = [];
  let before: number | null = null;
  let last: number | null = null;

  const isAround = (every: number) => {
    if (last === null) return false;
    const from = before ?? last;
    const next = last + Math.max(0, last - from);
    return Math.floor(next / every) > Math.floor(Math.max(0, from - 1) / every);
  };

  return {
    seeLine(line) {
      for (const { phase, pattern } of byLine) if (!begunNow.includes(phase) && pattern.test(line)) begunNow.push(phase);
    },
    look(advanced, step) {
      begun = advanced ? begunNow : [...begun, ...begunNow];
      begunNow = [];
      if (step !== last) {
        before = last !== null && step !== null && step > last ? last : null;
        last = step;
      }
      const on = [...begun, ...phases.filter(({ every }) => every !== null && isAround(every))];
      return on.toSorted((a, b) => b.allowSeconds - a.allowSeconds)[0] ?? null;
    },
  };
}
