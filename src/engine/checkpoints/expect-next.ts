import type { Reason } from '../../monitor/health.ts';
import type { CheckpointRules } from '../../playbook/monitor/monitor.ts';
import type { CheckpointRecord } from '../../store/attempt-records.ts';
import { newestFirst } from './rules.ts';

/** How long after its step a checkpoint may come. */
const graceMs = 120_000;

/** Remembers when the training passed the step at which a checkpoint was expected. `now`: of a clock that never jumps. */
export function watchExpectation(rules: CheckpointRules, now: () => number) {
  let passed: { expected: number; at: number } | null = null;
  return {
    see(step: number | null): void {
      const expected = step === null ? null : lastExpected(rules, step - graceSteps(rules));
      if (expected !== null && expected !== passed?.expected) passed = { expected, at: now() };
    },
    reasons(records: readonly CheckpointRecord[]): Reason[] {
      if (passed === null || now() - passed.at < graceMs || hasCome(rules, passed.expected, records)) return [];
      const [newest] = newestFirst(records);
      const came = newest === undefined ? 'none came' : `the last one is ${newest.path}`;
      return [{ color: 'yellow', text: `expected a checkpoint at step ${passed.expected}, ${came}` }];
    },
  };
}

/** The step of the last checkpoint that was to be written when `step` is reached; null: none yet. */
export function lastExpected({ every, firstAt = null }: CheckpointRules, step: number): number | null {
  if (every === null) return null;
  const first = firstAt ?? every;
  return step < first ? null : first + Math.floor((step - first) / every) * every;
}

/**
 * Whether the one that was expected at a step has come, or a later one. Trainers count from 0 or from 1, and name them a little before or after;
 * where no name tells a step, any will do.
 */
export function hasCome({ every }: CheckpointRules, expected: number, records: readonly CheckpointRecord[]): boolean {
  const margin = (every ?? 0) / 2;
  return records.some(({ step }) => step === null || step > expected - margin);
}

/** How far past its step a checkpoint may still be on its way. */
function graceSteps({ every }: CheckpointRules): number {
  return (every ?? 0) * 0.05;
}
