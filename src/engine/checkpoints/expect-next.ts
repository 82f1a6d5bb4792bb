import type { CheckpointRules } from '../../playbook/playbook.ts';
import type { CheckpointRecord } from '../../store/attempt-records.ts';

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
export function graceSteps({ every }: CheckpointRules): number {
  return (every ?? 0) * 0.05;
}
