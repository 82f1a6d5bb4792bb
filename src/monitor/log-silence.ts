import type { Reason } from './health.ts';
import type { SilenceRule } from './rules.ts';

export interface LogSilence {
  seeLine(): void;
  /** Once after each successful look. `patienceSeconds`: how long the job may do without anything now; the rule's own is not shorter. */
  look(monotonicMs: number, patienceSeconds: number | null): Reason[];
}

/** A log that stands still is a symptom of its own, whatever the metrics say: a killed pipe, a full disk, a hang before the first step. */
export function watchLogSilence(rule: SilenceRule | null): LogSilence {
  let since: number | null = null;
  let spoke = false;
  let wasPatient = false;
  return {
    seeLine() {
      spoke = true;
    },
    look(monotonicMs, patienceSeconds) {
      const isPatient = (patienceSeconds ?? 0) > (rule?.seconds ?? 0);
      // What went by in a slow phase was allowed: the rule's own time begins behind it.
      if (since === null || spoke || (wasPatient && !isPatient)) since = monotonicMs;
      spoke = false;
      wasPatient = isPatient;
      if (rule === null) return [];
      const age = (monotonicMs - since) / 1000;
      const limit = Math.max(rule.seconds, patienceSeconds ?? 0);
      if (age <= limit) return [];
      const text = `nothing new in the log for ${Math.round(age)} s, more than ${Math.round(limit)} s`;
      return [{ color: rule.color, text, alarm: 'log-silence' }];
    },
  };
}
