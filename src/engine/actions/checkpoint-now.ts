import { touchFile } from '../../remote/files.ts';
import { signalMembers } from '../../remote/members.ts';
import type { Drive } from '../drive.ts';
import { onAll } from '../gang/on-all.ts';
import { launchOf } from '../job/job.ts';

/** Asks the job to save now: by a signal that it catches, which would end any other process, or by a file. Returns what came of it, in words. */
export async function askForCheckpoint(drive: Drive): Promise<string> {
  return [...new Set(await onAll(drive, askOn))].join('; ');
}

async function askOn(drive: Drive): Promise<string> {
  const { checkpointNow = null, proveEnv } = launchOf(drive);
  if (checkpointNow === null) return 'the playbook does not say how the job is asked for one';
  if ('file' in checkpointNow) {
    await drive.session.call(touchFile(drive.actor, drive.plan.playbook.workdir, checkpointNow.file));
    return `asked for by the file ${checkpointNow.file}`;
  }
  const { signal } = checkpointNow;
  const { signalled } = await drive.session.call(signalMembers(drive.actor, proveEnv?.process ?? '', signal));
  return signalled.length === 0 ? `no process catches ${signal}` : `pids ${signalled.join(', ')} were asked by ${signal}`;
}
