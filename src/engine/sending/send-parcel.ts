import { open, readFile } from 'node:fs/promises';
import { appendSent, changeSent, placeSent, unpackSent } from '../../remote/sending.ts';
import type { Drive } from '../drive.ts';
import { writeArchive } from './archive.ts';
import { findDiffering, isSame, sumOnHost } from './compare.ts';
import { NotSent } from './not-sent.ts';
import { smallBytes, type Parcel, type ParcelFile } from './parcel.ts';
import { whileHolding } from './while-holding.ts';
import { stagedName, stageOf } from './stage.ts';

/** So many pieces are on their way to a host at once; all of them together are what is held here. */
const lanes = 3;
const pieceBytes = 4 * 1024 ** 2;
const filesTogether = 500;
/** A file that changes on its way is sent again. */
const rounds = 3;

export interface Sent {
  files: number;
  bytes: number;
}

/** `whole`: it only is to be put in its place. */
type Outgoing = ParcelFile & { staged: 'whole' | 'begun' | 'none' };

/**
 * Sends those files that are not in the folder of the host with just this content, whoever put them there; what was sent before an interruption is not
 * sent again. `checkTime` is called before each piece, and throws when there is no more.
 */
export function sendParcel(drive: Drive, { files }: Parcel, folder: string, checkTime: () => void): Promise<Sent> {
  return whileHolding(drive, (checkHold) =>
    sendFiles(drive, files, folder, () => {
      checkTime();
      checkHold();
    }),
  );
}

/** Takes away what this run has beside the places of these files. */
export async function clearStages(drive: Drive, files: readonly ParcelFile[], folder: string): Promise<void> {
  const stages = files.map(({ name }) => stagedName(name, stageOf(drive)).replace(/\/[^/]*$/, ''));
  await drive.session.call(changeSent(drive.actor, folder, 'cleared away', [...new Set(stages)]));
}

async function sendFiles(drive: Drive, files: readonly ParcelFile[], folder: string, goOn: () => void): Promise<Sent> {
  const sent: Sent = { files: 0, bytes: 0 };
  let left = await findDiffering(drive, folder, files);
  for (let round = 1; left.length > 0; round++) {
    if (round > rounds)
      throw new NotSent(`"${left[0]?.name ?? ''}" is another one there after ${rounds} tries: does it change here?`);
    const unsure: ParcelFile[] = [];
    await inLanes(groupFiles(await findStaged(drive, folder, left)), async (group) => {
      const bytes = await sendGroup(drive, folder, group, goOn);
      const placed = await drive.session.call(placeSent(drive.actor, folder, stageOf(drive), group));
      sent.bytes += bytes;
      sent.files += placed;
      if (placed !== group.length) unsure.push(...group);
    });
    left = await findDiffering(drive, folder, unsure);
  }
  await clearStages(drive, files, folder);
  return sent;
}

/** While the host sums what it has got, the next is on its way. After a failure nothing more is begun, and it is thrown when all has ended. */
async function inLanes<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const waiting = items.values();
  let failed = false;
  const goAlong = async () => {
    for (const item of waiting) {
      if (failed) return;
      await work(item);
    }
  };
  const ends = await Promise.allSettled(
    Array.from({ length: lanes }, () =>
      goAlong().catch((error: unknown) => {
        failed = true;
        throw error;
      }),
    ),
  );
  for (const end of ends) if (end.status === 'rejected') throw end.reason;
}

async function findStaged(drive: Drive, folder: string, files: readonly ParcelFile[]): Promise<Outgoing[]> {
  const stage = stageOf(drive);
  const there = await sumOnHost(drive, folder, files, ({ name }) => stagedName(name, stage));
  return files.map((file) => {
    const found = there.get(file);
    return { ...file, staged: isSame(file, found) ? 'whole' : found === undefined ? 'none' : 'begun' };
  });
}

/** Small files travel together, those of one folder side by side; a large one alone. */
function groupFiles(files: readonly Outgoing[]): Outgoing[][] {
  const groups: Outgoing[][] = [];
  let bytes = 0;
  let together: Outgoing[] | null = null;
  for (const file of files.toSorted(byFolder)) {
    const isLarge = file.size > smallBytes;
    if (together === null || isLarge || together.length >= filesTogether || bytes + file.size > pieceBytes) {
      const group = [file];
      groups.push(group);
      together = isLarge ? together : group;
      bytes = isLarge ? bytes : file.size;
    } else {
      together.push(file);
      bytes += file.size;
    }
  }
  return groups;
}

function byFolder(one: ParcelFile, other: ParcelFile): number {
  const [a, b] = [one, other].map(({ name }) => name.slice(0, name.lastIndexOf('/') + 1)) as [string, string];
  return a === b ? compareText(one.name, other.name) : compareText(a, b);
}

function compareText(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}

/** Returns how many bytes were sent. */
async function sendGroup(drive: Drive, folder: string, group: readonly Outgoing[], goOn: () => void): Promise<number> {
  const [first] = group;
  if (first !== undefined && first.size > smallBytes) return first.staged === 'whole' ? 0 : sendLarge(drive, folder, first, goOn);
  const files = group.filter(({ staged }) => staged !== 'whole');
  if (files.length === 0) return 0;
  goOn();
  const archived = await Promise.all(
    files.map(async ({ name, mode, path }) => ({ name: stagedName(name, stageOf(drive)), mode, bytes: await readFile(path) })),
  );
  if (!(await drive.session.call(unpackSent(drive.actor, folder, writeArchive(archived)))))
    throw new NotSent('no tar on the host: small files are sent together');
  return archived.reduce((sum, { bytes }) => sum + bytes.length, 0);
}

async function sendLarge(drive: Drive, folder: string, file: Outgoing, goOn: () => void): Promise<number> {
  const { actor, session } = drive;
  const name = stagedName(file.name, stageOf(drive));
  const append = (offset: number, bytes: Buffer) =>
    session.call(appendSent(actor, folder, { name, offset, mode: file.mode }, bytes));
  let sent = 0;
  let size = file.staged === 'begun' ? await append(0, Buffer.alloc(0)) : 0;
  const handle = await open(file.path);
  try {
    while (size < file.size) {
      goOn();
      const { bytesRead, buffer } = await handle.read(Buffer.allocUnsafe(Math.min(pieceBytes, file.size - size)), {
        position: size,
      });
      // It has become shorter: the host finds that it is another one.
      if (bytesRead === 0) break;
      size = await append(size, buffer.subarray(0, bytesRead));
      sent += bytesRead;
    }
  } finally {
    await handle.close();
  }
  return sent;
}
