import { isWithin } from '../../language/range.ts';
import { formatSize } from '../../language/units.ts';
import type { CheckpointRules } from '../../playbook/monitor/monitor.ts';
import type { CheckpointRecord } from '../../store/attempt-records.ts';

/** May an attempt go on from it? Loaded where the playbook says how, complete where it does not. */
export function isTrusted({ loads = null }: CheckpointRules, { state }: CheckpointRecord): boolean {
  return state === 'valid' || (state === 'complete' && loads === null);
}

/** All of it is there, whether or not it was loaded. */
export function isWhole({ state }: Pick<CheckpointRecord, 'state'>): boolean {
  return state === 'complete' || state === 'valid';
}

/** The highest step first; of equal ones, and of those that tell no step, what was found last. */
export function newestFirst(checkpoints: readonly CheckpointRecord[]): CheckpointRecord[] {
  return checkpoints.toSorted((one, other) => (other.step ?? -1) - (one.step ?? -1) || other.foundAt - one.foundAt);
}

/** The best first, by the metric that was recorded with them; those without are left out. */
export function bestFirst({ best = null }: CheckpointRules, checkpoints: readonly CheckpointRecord[]): CheckpointRecord[] {
  if (best === null) return [];
  const worse = best.mode === 'min' ? 1 : -1;
  const known = checkpoints.flatMap((record) => (record.metric === null ? [] : [{ record, metric: record.metric }]));
  return known.toSorted((one, other) => worse * (one.metric - other.metric)).map(({ record }) => record);
}

/** What stands still is settled: whole and of the right size, or never gone on from. A command that loads it has the last word on its size. */
export function settle(rules: CheckpointRules, record: CheckpointRecord, isWhole: boolean): CheckpointRecord {
  const { size, loads = null } = rules;
  const odd = size !== null && !isWithin(size, record.size) ? `${formatSize(record.size)}, expected ${size.text}` : null;
  if (!isWhole) return { ...record, state: 'invalid', message: 'cut off: a file of it is empty or has no end' };
  const isSmall = size?.low != null && record.size < size.low;
  return { ...record, state: isSmall && loads === null ? 'invalid' : 'complete', message: odd };
}
