import type { CheckpointRules } from '../../playbook/monitor/monitor.ts';
import { askIsWhole, listCheckpoints } from '../../remote/checkpoints.ts';
import type { CheckpointRecord } from '../../store/attempt-records.ts';
import type { Drive } from '../drive.ts';
import type { HostSession } from '../host-session.ts';
import { loadCheckpoint } from './load-checkpoint.ts';
import { isTrusted, newestFirst } from './rules.ts';

/** What an attempt may go on from: of its own run, else of the runs that this one goes on from. Null: from the start. */
export async function findResumePoint(drive: Drive): Promise<CheckpointRecord | null> {
  for (const run of [drive.actor.run, ...(drive.plan.goesOnFrom ?? [])]) {
    const found = await findOfRun(drive, run);
    if (found !== null) return found;
  }
  return null;
}

/**
 * Of one run: the newest checkpoint that the playbook's `loads` has loaded, or that is complete where none is named. It is
 * looked at once more on the host: since it was recorded it may have been cut, written again or removed.
 */
async function findOfRun(drive: Drive, run: string): Promise<CheckpointRecord | null> {
  const { workdir, monitor } = drive.plan.playbook;
  const rules = monitor?.checkpoints ?? null;
  if (rules === null) return null;
  const load = async (record: CheckpointRecord, stamp: string) => {
    const loaded = await loadCheckpoint(drive, rules, record, { path: record.path, stamp, triesBefore: 0 });
    return loaded?.state === 'valid';
  };
  const where = { run, workdir, session: drive.session };
  // A run that was halted has loaded nothing that it saved last.
  const isEarlier = run !== drive.actor.run;
  return chooseResumePoint(rules, drive.parts.store.readCheckpoints(run), isEarlier ? { ...where, load } : where);
}

interface Where {
  run: string;
  workdir: string;
  session: Pick<HostSession, 'call'>;
  /** Whether one that is complete loads. Left out: it is not asked. */
  load?: (record: CheckpointRecord, stamp: string) => Promise<boolean>;
}

export async function chooseResumePoint(
  rules: CheckpointRules,
  records: readonly CheckpointRecord[],
  { run, workdir, session, load }: Where,
): Promise<CheckpointRecord | null> {
  const isLoadable = ({ state }: CheckpointRecord) => state === 'complete' && load !== undefined;
  const chosen = newestFirst(records.filter((record) => isTrusted(rules, record) || isLoadable(record)));
  if (chosen.length === 0) return null;
  const found = await session.call(listCheckpoints(workdir, rules.path, { run, worker: 0 }));
  for (const checkpoint of chosen) {
    const there = found.find(({ path }) => path === checkpoint.path);
    if (there?.size !== checkpoint.size || !(await session.call(askIsWhole(workdir, checkpoint.path)))) continue;
    if (isTrusted(rules, checkpoint) || (await load?.(checkpoint, there.stamp)) === true) return checkpoint;
  }
  return null;
}
