import { firstGeneration, slotOf } from '../../monitor/generation.ts';
import { latestFiles, listFiles, type FoundFile } from '../../remote/files.ts';
import type { OffsetRecord } from '../../store/records.ts';
import type { Drive } from '../drive.ts';
import type { JobFile } from './job.ts';
import { findLabel, labelGlob } from './path-label.ts';
import { readNewLines, unreadFile, type FileEnd, type FileReading, type LineReader } from './read-files.ts';

const mostFiles = 256;

/** How files are read, and where the part of the attempt ends in those that the next one goes on with. */
interface Readers {
  reader: LineReader;
  ends: ReadonlyMap<string, FileEnd>;
}

/** What the files of a source have brought since `known`, which are all of its files that were ever looked at in this attempt. */
export async function readSource(drive: Drive, file: JobFile, known: OffsetRecord[], readers: Readers): Promise<FileReading[]> {
  switch (file.choice) {
    case 'one': {
      const offset = known.find(({ path }) => path === file.path) ?? unreadFile(drive, file);
      return [await readNewLines(drive, offset, readers.reader, { end: endOf(readers, offset) })];
    }
    case 'each':
      return readEach(drive, file, known, readers);
    case 'newest':
      return readNewest(drive, file, known, readers);
  }
}

/** Side by side. A file keeps its slot, and so its rows their order among each other, also when others come later. */
async function readEach(drive: Drive, file: JobFile, known: OffsetRecord[], readers: Readers): Promise<FileReading[]> {
  const found = await findEach(drive, file);
  const offsets = giveSlots(drive, file, known, found);
  return Promise.all(
    offsets.map((offset) =>
      readNewLines(drive, offset, readers.reader, { label: findLabel(file.path, offset.path), end: endOf(readers, offset) }),
    ),
  );
}

/**
 * One after the other: the file in the highest slot is the one that is being read. It is left for a newer one when that has something and it was itself read to its
 * end after the newer one was there; whoever was away for several files goes through all of them. A file that is taken up again has a new slot, so that the keys of
 * rows follow the order in which they were read.
 */
async function readNewest(drive: Drive, file: JobFile, known: OffsetRecord[], readers: Readers): Promise<FileReading[]> {
  const current = known.reduce<OffsetRecord | null>(
    (highest, each) => (each.generation > (highest?.generation ?? firstGeneration(1) - 1) ? each : highest),
    null,
  );
  const found = await drive.session.call(latestFiles(drive.plan.playbook.workdir, file.path, current?.path ?? null));
  const read = current === null ? [] : [await readNewLines(drive, current, readers.reader, { end: endOf(readers, current) })];
  if (read.some(({ more }) => more)) return read;
  const [next, ...later] = found.filter(({ path, size }) => size !== (known.find((each) => each.path === path)?.offset ?? 0));
  if (next === undefined) return read;
  const slot = current === null ? 1 : slotOf(current.generation) + 1;
  const unread = known.find(({ path }) => path === next.path) ?? unreadFile(drive, { ...file, path: next.path });
  const begun = await readNewLines(drive, { ...unread, generation: firstGeneration(slot) }, readers.reader);
  return [...read, { ...begun, more: begun.more || later.length > 0 }];
}

/** Where the files of a source are that are there before the start. */
export async function findBefore(drive: Drive, file: JobFile): Promise<OffsetRecord[]> {
  if (file.choice === 'one') return [unreadFile(drive, file)];
  if (file.choice === 'each') return giveSlots(drive, file, [], await findEach(drive, file));
  const found = await drive.session.call(listFiles(drive.plan.playbook.workdir, [file.path]));
  return found.slice(-mostFiles).map(({ path }) => unreadFile(drive, { ...file, path }));
}

async function findEach(drive: Drive, file: JobFile): Promise<FoundFile[]> {
  const found = await drive.session.call(listFiles(drive.plan.playbook.workdir, [labelGlob(file.path)]));
  return found.slice(0, mostFiles);
}

function giveSlots(drive: Drive, file: JobFile, known: OffsetRecord[], found: FoundFile[]): OffsetRecord[] {
  let slot = Math.max(0, ...known.map(({ generation }) => slotOf(generation)));
  return found.map(({ path }) => {
    const offset = known.find((each) => each.path === path);
    if (offset !== undefined) return offset;
    slot += 1;
    return unreadFile(drive, { ...file, path }, firstGeneration(slot));
  });
}

function endOf({ ends }: Readers, { path }: OffsetRecord): FileEnd | null {
  return ends.get(path) ?? null;
}
