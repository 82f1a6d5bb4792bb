import { formatSize } from '../../language/units.ts';
import type { CheckpointRules } from '../../playbook/monitor/monitor.ts';
import { removeCheckpoint } from '../../remote/checkpoints.ts';
import type { CheckpointRecord } from '../../store/attempt-records.ts';
import { messageOf } from '../../errors.ts';
import type { Drive } from '../drive.ts';
import { isSilence } from '../host-session.ts';
import { backUpCheckpoint } from './back-up.ts';
import { chooseRemoved } from './choose-removed.ts';
import { NotBackedUp } from './copy-place.ts';
import type { Known } from './known.ts';
import { loadCheckpoint } from './load-checkpoint.ts';
import { isTrusted, newestFirst } from './rules.ts';

const firstRetryMs = 30_000;
const longestRetryMs = 600_000;

export type Chore = () => Promise<void>;

/** What takes long with checkpoints. Each tells the next one that may be done now, the newest checkpoint first; null: there is none. */
export interface Chores {
  nextLoad(): Chore | null;
  /** To copy one, or to remove one that need not stay. */
  nextCopy(): Chore | null;
  /** What has failed may be tried again now. */
  forgetWaits(): void;
  /** What could not be done, in words. */
  troubles(): string[];
}

interface Failure {
  times: number;
  notBefore: number;
  message: string;
}

export function planChores(drive: Drive, rules: CheckpointRules, known: Known): Chores {
  const { clock } = drive.parts;
  const { loads = null, backUp = null } = rules;
  const failures = new Map<string, Failure>();

  const keyOf = (chore: string, { path }: CheckpointRecord) => `${chore} ${path} ${known.stamps.get(path) ?? ''}`;
  const mayTry = (key: string) => (failures.get(key)?.notBefore ?? 0) <= clock.monotonic();
  const fail = (key: string, message: string) => {
    const times = (failures.get(key)?.times ?? 0) + 1;
    const waitMs = Math.min(longestRetryMs, firstRetryMs * 2 ** (times - 1));
    failures.set(key, { times, notBefore: clock.monotonic() + waitMs, message });
    return times;
  };
  const versionOf = (key: string, { path }: CheckpointRecord) => {
    return { path, stamp: known.stamps.get(path) ?? '', triesBefore: failures.get(key)?.times ?? 0 };
  };
  const find = (chore: string, records: CheckpointRecord[]) =>
    newestFirst(records).find((record) => known.stamps.has(record.path) && mayTry(keyOf(chore, record)));

  async function load(record: CheckpointRecord): Promise<void> {
    const key = keyOf('load', record);
    const version = versionOf(key, record);
    const loaded = await loadCheckpoint(drive, rules, record, version);
    const now = known.current(record.path, version.stamp);
    if (now?.state !== 'complete') return;
    if (loaded === null) fail(key, 'it could not be loaded');
    else {
      const text = loaded.state === 'valid' ? `checkpoint ${now.path} loads` : `checkpoint ${now.path}: ${loaded.message ?? ''}`;
      known.record({ record: { ...now, ...loaded }, text });
    }
  }

  async function copy(record: CheckpointRecord): Promise<void> {
    const key = keyOf('copy', record);
    const version = versionOf(key, record);
    try {
      const copied = await backUpCheckpoint(drive, rules, version);
      const now = known.current(record.path, version.stamp);
      failures.delete(key);
      if (now === undefined || now.backUp !== null) return;
      const text = `checkpoint ${now.path} is backed up: ${copied.backUp}, sha256 ${copied.sha256.slice(0, 12)}…`;
      known.record({ record: { ...now, ...copied, backedUpAt: drive.parts.clock.now() }, text });
    } catch (error) {
      drive.signal.throwIfAborted();
      if (!mayBeTriedAgain(error)) throw error;
      const message = messageOf(error);
      if (fail(key, message) === 1) drive.tell('back-up', `checkpoint ${record.path} is not backed up: ${message}`);
    }
  }

  async function remove({ path }: CheckpointRecord, stamp: string): Promise<void> {
    await drive.session.call(removeCheckpoint(drive.actor, drive.plan.playbook.workdir, path));
    const now = known.current(path, stamp);
    if (now === undefined || now.state === 'removed') return;
    const text = `checkpoint ${path} was removed: enough others are kept (${formatSize(now.size)} freed)`;
    known.record({ record: { ...now, state: 'removed' }, text });
  }

  return {
    nextLoad() {
      const complete = known.all().filter(({ state }) => state === 'complete');
      const record = loads === null ? undefined : find('load', complete);
      return record === undefined ? null : () => load(record);
    },
    nextCopy() {
      const records = known.all();
      const uncopied = records.filter((record) => isTrusted(rules, record) && record.backUp === null);
      const record = backUp === null ? undefined : find('copy', uncopied);
      if (record !== undefined) return () => copy(record);
      const removed = chooseRemoved(rules, records).find(({ path }) => !known.mayBeOlder(path));
      const stamp = known.stamps.get(removed?.path ?? '');
      return removed === undefined || stamp === undefined ? null : () => remove(removed, stamp);
    },
    forgetWaits() {
      for (const failure of failures.values()) failure.notBefore = 0;
    },
    troubles: () =>
      known.all().flatMap((record) => {
        const [loading, copying] = [failures.get(keyOf('load', record)), failures.get(keyOf('copy', record))];
        const [toLoad, toCopy] = [record.state === 'complete' && loading, record.backUp === null && copying];
        return [
          ...(toLoad ? [`checkpoint ${record.path}: ${toLoad.message}`] : []),
          ...(toCopy ? [`checkpoint ${record.path} is not backed up: ${toCopy.message}`] : []),
        ];
      }),
  };
}

/** A copy that cannot be made: a silent host, a folder that cannot be written to. */
function mayBeTriedAgain(error: unknown): boolean {
  return error instanceof NotBackedUp || isSilence(error) || (error instanceof Error && 'syscall' in error);
}
