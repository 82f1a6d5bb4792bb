import type { FoundCheckpoint } from '../../remote/checkpoints.ts';
import type { CheckpointRecord } from '../../store/attempt-records.ts';
import type { Drive } from '../drive.ts';
import { readEventsOf } from '../read-events.ts';
import type { Change } from './compare.ts';

/** What is known of the checkpoints of a run: as it is stored, and as they lay on the host at the last look. */
export interface Known {
  all(): CheckpointRecord[];
  /** As it is now; undefined where it was taken away or written again since `stamp`. */
  current(path: string, stamp: string): CheckpointRecord | undefined;
  /** Of each path, as it was when it was last looked at. */
  readonly stamps: ReadonlyMap<string, string>;
  /** Written before the first job of the run, or not known. */
  mayBeOlder(path: string): boolean;
  /** Stores a change with its event. */
  record(change: Change, detail?: object): void;
  look(found: readonly FoundCheckpoint[]): void;
}

export function openKnown(drive: Drive): Known {
  const { store } = drive.parts;
  const records = new Map(store.readCheckpoints(drive.actor.run).map((record) => [record.path, record]));
  let stamps = readToldStamps(drive);
  let newer = new Set<string>();
  return {
    all: () => [...records.values()],
    current: (path, stamp) => (stamps.get(path) === stamp ? records.get(path) : undefined),
    get stamps() {
      return stamps;
    },
    mayBeOlder: (path) => !newer.has(path),
    record({ record, text }, detail = {}) {
      const { path, size, state } = record;
      const event = text === null ? null : drive.event('checkpoint', text, { path, size, state, ...detail });
      drive.must(store.recordCheckpoint(drive.lease, record, event));
      records.set(path, record);
    },
    look(found) {
      stamps = new Map(found.map(({ path, stamp }) => [path, stamp]));
      newer = new Set(found.filter(({ older }) => older === false).map(({ path }) => path));
    },
  };
}

/** A settled one was told with its stamp: whoever comes later sees whether it was written again meanwhile. */
function readToldStamps(drive: Drive): Map<string, string> {
  const told = readEventsOf(drive, 'checkpoint').flatMap(({ detail }) => {
    const { path, stamp } = (detail ?? {}) as { path?: unknown; stamp?: unknown };
    return typeof path === 'string' && typeof stamp === 'string' ? [[path, stamp] as const] : [];
  });
  return new Map(told);
}
