import { listFiles } from '../../remote/files.ts';
import { askForStackDumps } from '../../remote/members.ts';
import type { Drive } from '../drive.ts';
import { launchOf } from '../job/job.ts';

const writesWithinMs = 3_000;

/** Asks every process of the job that catches the signal for its stack, and finds the files that they write. Returns what came of it, in words. */
export async function dumpStacks(drive: Drive): Promise<string[]> {
  const { stackDump, proveEnv } = launchOf(drive);
  if (stackDump === null) return ['the playbook names no signal for it'];
  const { signalled } = await drive.session.call(askForStackDumps(drive.actor, proveEnv?.process ?? '', stackDump.signal));
  if (signalled.length === 0) return [`no process catches ${stackDump.signal}`];
  const asked = `pids ${signalled.join(', ')} were asked by ${stackDump.signal}`;
  if (stackDump.collect === null) return [asked];
  await drive.parts.clock.wait(writesWithinMs, drive.signal);
  drive.signal.throwIfAborted();
  const dumps = await drive.session.call(listFiles(drive.plan.playbook.workdir, [stackDump.collect]));
  return [asked, `stack dumps on ${drive.host.name}: ${dumps.map(({ path }) => path).join(', ') || 'none'}`];
}
