import { formatSize } from '../../language/units.ts';
import type { CheckpointDocument } from '../../store/attempt-documents.ts';

/** Which metric of a checkpoint is the best; null: the playbook does not say. */
export type BestMode = 'min' | 'max' | null;

/** In one line: how many there are, the newest that can be gone on from, the best, and what is not as it should be. Null: there were none. */
export function describeCheckpoints(checkpoints: readonly CheckpointDocument[], mode: BestMode): string | null {
  if (checkpoints.length === 0) return null;
  const there = checkpoints.filter(({ state }) => state !== 'removed');
  const whole = there.filter(({ state }) => state === 'valid' || state === 'complete');
  const newest = newestOf(whole.filter(({ state }) => state === 'valid')) ?? newestOf(whole);
  const best = bestOf(whole, mode);
  const count = (text: string, of: readonly CheckpointDocument[]) => (of.length === 0 ? [] : [`${of.length} ${text}`]);
  return [
    `${there.length} there`,
    ...(newest === undefined ? ['none to go on from'] : [`newest ${newest.state} ${newest.path} (${formatSize(newest.size)})`]),
    ...(best === undefined ? [] : [`best ${best.path} (${best.metric ?? ''})`]),
    ...count(
      'backed up',
      checkpoints.filter(({ backUp }) => backUp !== null),
    ),
    ...count(
      'invalid',
      there.filter(({ state }) => state === 'invalid'),
    ),
    ...count(
      'being written',
      there.filter(({ state }) => state === 'writing'),
    ),
    ...count(
      'removed',
      checkpoints.filter(({ state }) => state === 'removed'),
    ),
  ].join(', ');
}

function newestOf(checkpoints: readonly CheckpointDocument[]): CheckpointDocument | undefined {
  return checkpoints.toSorted((a, b) => (b.step ?? -1) - (a.step ?? -1) || Date.parse(b.foundAt) - Date.parse(a.foundAt))[0];
}

function bestOf(checkpoints: readonly CheckpointDocument[], mode: BestMode): CheckpointDocument | undefined {
  const sign = mode === 'max' ? -1 : 1;
  const known = checkpoints.flatMap((checkpoint) =>
    checkpoint.metric === null ? [] : [{ checkpoint, metric: checkpoint.metric }],
  );
  return mode === null ? undefined : known.toSorted((a, b) => sign * (a.metric - b.metric))[0]?.checkpoint;
}
