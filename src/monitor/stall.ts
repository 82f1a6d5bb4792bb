import type { StallRule } from './rules.ts';

export interface Stall {
  stalled: boolean;
  /** Since the last record that counted as progress, or since watching began. */
  ageSeconds: number;
  /** Null when the playbook sets no limit. */
  limitSeconds: number | null;
}

export interface StallWatch {
  /** Once after each successful look: `advanced` says whether it brought progress, `started` whether this attempt ever made any. */
  look(monotonicMs: number, advanced: boolean, started: boolean): Stall;
}

/** Ages count on the caller's monotonic clock, and from the first look: how long a run was silent before somebody looked is not known. */
export function watchStall(rule: StallRule | null): StallWatch {
  let since: number | null = null;
  let wasStarted = false;
  return {
    look(monotonicMs, advanced, started) {
      if (since === null || advanced || (wasStarted && !started)) since = monotonicMs;
      wasStarted = started;
      const ageSeconds = Math.max(0, monotonicMs - since) / 1000;
      const limitSeconds = rule === null ? null : started ? rule.noProgressSeconds : rule.firstStepSeconds;
      return { stalled: limitSeconds !== null && ageSeconds > limitSeconds, ageSeconds, limitSeconds };
    },
  };
}
