import { askIsWhole, listCheckpoints } from '../../remote/checkpoints.ts';
import type { CheckpointRecord } from '../../store/attempt-records.ts';
import type { Drive } from '../drive.ts';
import { isTrusted, newestFirst } from './rules.ts';

/**
 * What an attempt may go on from: the newest checkpoint that the playbook's `loads` has loaded, or that is complete where none is named. It is
 * looked at once more on the host: since it was recorded it may have been cut, written again or removed. Null: from the start.
 */
export async function findResumePoint(drive: Drive): Promise<CheckpointRecord | null> {
  const { playbook } = drive.plan;
  const rule = playbook.monitor?.checkpoints ?? null;
  if (rule === null) return null;
  const { run } = drive.actor;
  const trusted = drive.parts.store.readCheckpoints(run).filter((record) => isTrusted(rule, record));
  if (trusted.length === 0) return null;
  const found = await drive.session.call(listCheckpoints(playbook.workdir, rule.path, { run, worker: 0 }));
  for (const checkpoint of newestFirst(trusted)) {
    const there = found.find(({ path }) => path === checkpoint.path);
    if (there?.size !== checkpoint.size) continue;
    if (await drive.session.call(askIsWhole(playbook.workdir, checkpoint.path))) return checkpoint;
  }
  return null;
}
