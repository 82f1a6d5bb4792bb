import type { CheckpointRecord, TryRecord } from '../../store/attempt-records.ts';

/**
 * The attempts that brought something: a checkpoint that is or was whole, where the playbook watches any; else a step further than every attempt before.
 */
export function findProgress(
  tries: readonly TryRecord[],
  checkpoints: readonly CheckpointRecord[] | null,
  lastStep: number | null,
): Set<number> {
  if (checkpoints !== null) {
    const whole = checkpoints.filter(({ state }) => state === 'complete' || state === 'valid' || state === 'removed');
    return new Set(whole.map(({ attempt }) => attempt));
  }
  const progressed = new Set<number>();
  let furthest = 0;
  for (const [index, { attempt, lastStep: recorded }] of tries.entries()) {
    const step = index === tries.length - 1 ? lastStep : recorded;
    if (step !== null && step > furthest) {
      furthest = step;
      progressed.add(attempt);
    }
  }
  return progressed;
}
