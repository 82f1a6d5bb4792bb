import type { UnitState } from '../../remote/executor.ts';
import { readFrom } from '../../remote/files.ts';
import type { Drive } from '../drive.ts';
import { jobPlace, launchOf } from './job.ts';

const tailBytes = 65_536;

/** The last lines that the present attempt has printed, up to where its log was read. Nothing of an earlier attempt. */
export async function readLogTail(drive: Drive, { logStart }: UnitState): Promise<string> {
  const { log } = launchOf(drive);
  const { attempt, worker } = jobPlace(drive);
  const offsets = drive.parts.store.readOffsets(drive.actor.run);
  const end =
    offsets.find((offset) => offset.source === 'log' && offset.attempt === attempt && offset.worker === worker)?.offset ?? 0;
  const from = Math.max(logStart ?? 0, end - tailBytes);
  const wanted = { path: log, offset: from, maxBytes: tailBytes, headBytes: 0 };
  const part = await drive.session.call(readFrom(drive.plan.playbook.workdir, wanted));
  return part.kind === 'file' ? part.bytes.toString() : '';
}
