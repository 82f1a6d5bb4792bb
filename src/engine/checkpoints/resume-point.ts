import type { CheckpointRules } from '../../playbook/monitor/monitor.ts';
import { askIsWhole, listCheckpoints } from '../../remote/checkpoints.ts';
import type { CheckpointRecord } from '../../store/attempt-records.ts';
import type { Drive } from '../drive.ts';
import type { HostSession } from '../host-session.ts';
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
  return chooseResumePoint(rules, drive.parts.store.readCheckpoints(run), { run, workdir, session: drive.session });
}

export async function chooseResumePoint(
  rules: CheckpointRules,
  records: readonly CheckpointRecord[],
  { run, workdir, session }: { run: string; workdir: string; session: Pick<HostSession, 'call'> },
): Promise<CheckpointRecord | null> {
  const trusted = newestFirst(records.filter((record) => isTrusted(rules, record)));
  if (trusted.length === 0) return null;
  const found = await session.call(listCheckpoints(workdir, rules.path, { run, worker: 0 }));
  for (const checkpoint of trusted) {
    const there = found.find(({ path }) => path === checkpoint.path);
    if (there?.size === checkpoint.size && (await session.call(askIsWhole(workdir, checkpoint.path)))) return checkpoint;
  }
  return null;
}
