import { readFrom } from '../../remote/files.ts';
import type { OffsetRecord } from '../../store/records.ts';
import type { Drive } from '../drive.ts';
import { filesOfJob, jobPlace, type JobFile } from './job.ts';
import { unreadFile } from './read-files.ts';
import { findBefore } from './read-source.ts';
import { passOverWholeFile } from './read-whole.ts';

/**
 * Where each file ends before the start: rows of an older run are not this run's, unless they are what it is compared with. Those that an earlier attempt has
 * read from go on from there.
 */
export async function recordBaseline(drive: Drive): Promise<void> {
  const { attempt, worker } = jobPlace(drive);
  const { store } = drive.parts;
  const isOwn = (offset: OffsetRecord) => offset.attempt === attempt && offset.worker === worker;
  const carried = attempt === 1 ? [] : store.readOffsets(drive.actor.run).filter(isOwn);
  const isCarried = ({ name, path, choice }: JobFile) =>
    carried.some((offset) => offset.source === name && (choice !== 'one' || offset.path === path));
  const files = filesOfJob(drive).filter((file) => !isCarried(file));
  const offsets = await Promise.all(files.map((file) => findEnds(drive, file)));
  drive.must(store.recordOffsets(drive.lease, offsets.flat()));
}

async function findEnds(drive: Drive, file: JobFile): Promise<OffsetRecord[]> {
  const isReference = drive.plan.playbook.monitor?.references?.includes(file.name) === true;
  if (file.kind === 'json' || file.kind === 'sqlite') {
    const unread = unreadFile(drive, file);
    return [isReference ? unread : await passOverWholeFile(drive, file, unread)];
  }
  const before = await findBefore(drive, file);
  if (isReference) return before;
  return Promise.all(
    before.map(async (unread) => {
      const wanted = { path: unread.path, offset: 0, maxBytes: 0, headBytes: 0 };
      const part = await drive.session.call(readFrom(drive.plan.playbook.workdir, wanted));
      if (part.kind !== 'file' || part.size === 0) return unread;
      return { ...unread, inode: part.inode, head: part.head, headBytes: part.headBytes, offset: part.size };
    }),
  );
}
