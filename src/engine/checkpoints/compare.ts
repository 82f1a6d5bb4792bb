import type { FoundCheckpoint } from '../../remote/checkpoints.ts';
import type { CheckpointRecord } from '../../store/attempt-records.ts';
import { stepOfName } from './step-of-name.ts';

/** A record as it is now, and what to tell of that; null: nothing. */
export interface Change {
  record: CheckpointRecord;
  text: string | null;
}

export interface Comparison {
  changes: Change[];
  /** Written, and just as they were at the look before. */
  still: CheckpointRecord[];
}

export interface Seen {
  known: readonly CheckpointRecord[];
  found: readonly FoundCheckpoint[];
  /** Of each path, as it was when it was last looked at. */
  stamps: ReadonlyMap<string, string>;
  pattern: string;
  attempt: number;
  now: number;
}

/** What lies on the host, against what is known. Those of an older run are nobody's, until they are written again. */
export function compareCheckpoints({ known, found, stamps, pattern, attempt, now }: Seen): Comparison {
  const byPath = new Map(known.map((record) => [record.path, record]));
  const changes: Change[] = [];
  const still: CheckpointRecord[] = [];
  for (const { path, size, stamp, older } of found) {
    const [record, before] = [byPath.get(path), stamps.get(path)];
    if (record === undefined && older === true && (before === undefined || before === stamp)) continue;
    const begun: CheckpointRecord = {
      ...{ worker: 0, path, attempt, step: stepOfName(pattern, path), size, foundAt: now, state: 'writing', message: null },
      ...{ sha256: null, metric: null, backUp: null, backedUpAt: null },
    };
    if (record === undefined) changes.push({ record: begun, text: `checkpoint ${path} is being written` });
    else if (record.state === 'writing') {
      if (before === stamp) still.push({ ...record, size });
      else if (record.size !== size) changes.push({ record: { ...record, size }, text: null });
    } else if (record.state === 'removed') {
      changes.push({ record: begun, text: `checkpoint ${path} is there again` });
    } else if (before === undefined ? record.size !== size : before !== stamp) {
      changes.push({ record: begun, text: `checkpoint ${path} is written again` });
    }
  }
  const paths = new Set(found.map(({ path }) => path));
  for (const record of known) {
    if (record.state === 'removed' || paths.has(record.path)) continue;
    changes.push({ record: { ...record, state: 'removed' }, text: `checkpoint ${record.path} is not there any more` });
  }
  return { changes, still };
}
