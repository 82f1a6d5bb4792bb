import { listFiles, readFrom, type FoundFile } from '../../remote/files.ts';
import { signalMembers } from '../../remote/members.ts';
import type { Drive } from '../drive.ts';
import { ofWorker } from '../gang/name-workers.ts';
import { onAll } from '../gang/on-all.ts';
import { launchOf } from './job.ts';

const [mostFiles, mostBytes] = [16, 1024 * 1024];
const [betweenLooksMs, mostLooks] = [1_000, 10];

/**
 * Asks every process of the job, on all workers, that catches the signal for its stack, and fetches the files that they write into the state folder, where they outlast
 * the host. Returns what came of it, one line each.
 */
export async function collectStackDumps(drive: Drive): Promise<string[]> {
  const { targets } = drive.plan;
  const told = await onAll(drive, async (worker) => {
    return (await collectOn(worker)).map((line) => ofWorker(targets, worker.target, line));
  });
  return [...new Set(told.flat())];
}

async function collectOn(drive: Drive): Promise<string[]> {
  const { stackDump, proveEnv } = launchOf(drive);
  if (stackDump === null) return ['the playbook names no signal for it'];
  const before = stackDump.collect === null ? [] : await listDumps(drive, stackDump.collect);
  const answer = await drive.session.call(signalMembers(drive.actor, proveEnv?.process ?? '', stackDump.signal));
  if (answer.signalled.length === 0) return [`no process catches ${stackDump.signal}`];
  const asked = `pids ${answer.signalled.join(', ')} were asked by ${stackDump.signal}`;
  if (stackDump.collect === null) return [asked];
  const dumps = await waitForDumps(drive, stackDump.collect, before);
  if (dumps.length === 0) return [asked, `no file on ${drive.host.name} was written for it`];
  const fetched = await Promise.all(dumps.slice(0, mostFiles).map((dump) => fetchDump(drive, dump)));
  const rest = dumps.slice(mostFiles).map(({ path }) => path);
  return [asked, ...fetched, ...(rest.length === 0 ? [] : [`not fetched, on ${drive.host.name}: ${rest.join(', ')}`])];
}

/** Those that grew since the signal, once they stand still: a process writes its stack when it comes to it, or never. */
async function waitForDumps(drive: Drive, glob: string, before: readonly FoundFile[]): Promise<FoundFile[]> {
  let last: FoundFile[] = [];
  for (let looks = 0; looks < mostLooks; looks += 1) {
    await drive.parts.clock.wait(betweenLooksMs, drive.signal);
    drive.signal.throwIfAborted();
    const written = (await listDumps(drive, glob)).filter((dump) => !isAmong(before, dump));
    if (written.length > 0 && written.length === last.length && written.every((dump) => isAmong(last, dump))) return written;
    last = written;
  }
  return last;
}

function isAmong(files: readonly FoundFile[], { path, size }: FoundFile): boolean {
  return files.some((file) => file.path === path && file.size === size);
}

function listDumps(drive: Drive, glob: string): Promise<FoundFile[]> {
  return drive.session.call(listFiles(drive.plan.playbook.workdir, [glob]));
}

/** Of a long one the end: dumps are appended, and the newest counts. */
async function fetchDump(drive: Drive, { path, size }: FoundFile): Promise<string> {
  const offset = Math.max(0, size - mostBytes);
  const wanted = { path, offset, maxBytes: mostBytes, headBytes: 0 };
  const part = await drive.session.call(readFrom(drive.plan.playbook.workdir, wanted));
  if (part.kind !== 'file') return `${path} on ${drive.host.name} is ${part.kind}`;
  const file = drive.parts.store.keepFile(
    drive.actor.run,
    'dumps',
    `a${drive.record().attempt}${drive.workers.length === 1 ? '' : `-w${drive.target.index}`}-${path}`,
    part.bytes,
  );
  return `${path}${offset > 0 ? ', its last MiB' : ''} is in ${file}`;
}
