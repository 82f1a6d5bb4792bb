import type { StallRule } from './rules.ts';
import { watchSlowPhases } from './slow-phases.ts';
import { learnInterval } from './usual-interval.ts';

export interface Stall {
  stalled: boolean;
  /** Since the last record that counted as progress, or since watching began. */
  ageSeconds: number;
  /** Null when the playbook sets no limit. */
  limitSeconds: number | null;
  /** The slow phase that the limit is of. */
  during: string | null;
}

/** What one look brought. */
interface Advance {
  /** Whether it brought progress. */
  advanced: boolean;
  /** Whether this attempt ever made any. */
  started: boolean;
  step: number | null;
}

export interface StallWatch {
  /** A line of the log: it may begin a slow phase. */
  seeLine(line: string): void;
  /** Once after each successful look. */
  look(monotonicMs: number, advance: Advance): Stall;
}

/** Compilers work again for the steps after the first: for other shapes, and for the optimizer. */
const compiledSteps = 3;

/** Ages count on the caller's monotonic clock, and from the first look: how long a run was silent before somebody looked is not known. */
export function watchStall(rule: StallRule | null): StallWatch {
  const phases = watchSlowPhases(rule?.slow ?? []);
  let usual = learnInterval();
  let since: number | null = null;
  let wasStarted = false;
  let advances = 0;

  function limitOf(stallRule: StallRule, started: boolean): number {
    if (!started) return stallRule.firstStepSeconds;
    const compile = advances < compiledSteps ? (stallRule.compileSeconds ?? 0) : 0;
    if (stallRule.learns !== true) return Math.max(stallRule.noProgressSeconds, compile);
    const learned = usual.limitSeconds();
    return Math.max(stallRule.noProgressSeconds, compile, learned ?? stallRule.firstStepSeconds);
  }

  return {
    seeLine: (line) => phases.seeLine(line),
    look(monotonicMs, { advanced, started, step }) {
      if (wasStarted && !started) {
        since = monotonicMs;
        advances = 0;
        usual = learnInterval();
      }
      if (advanced && since !== null && advances > 0) usual.add((monotonicMs - since) / 1000);
      if (advanced) advances += 1;
      if (since === null || advanced) since = monotonicMs;
      wasStarted = started;
      const phase = phases.look(advanced, step);
      const ageSeconds = Math.max(0, monotonicMs - since) / 1000;
      if (rule === null) return { stalled: false, ageSeconds, limitSeconds: null, during: null };
      const ordinary = limitOf(rule, started);
      const isSlow = phase !== null && phase.allowSeconds > ordinary;
      const limitSeconds = isSlow ? phase.allowSeconds : ordinary;
      return { stalled: ageSeconds > limitSeconds, ageSeconds, limitSeconds, during: isSlow ? phase.name : null };
    },
  };
}
