import { changeSent, sumSent, type FoundFile } from '../../remote/sending.ts';
import type { Drive } from '../drive.ts';
import { NotSent } from './not-sent.ts';
import { isExecutable, type ParcelFile } from './parcel.ts';

/** How many files, and how much of them, one question is about. */
const filesTogether = 1000;
const bytesTogether = 4 * 1024 ** 3;

/** Those whose content is not in its place on the host. One with the right content is given the right bit. */
export async function findDiffering(drive: Drive, folder: string, files: readonly ParcelFile[]): Promise<ParcelFile[]> {
  const there = await sumOnHost(drive, folder, files, ({ name }) => name);
  const same = files.filter((file) => isSame(file, there.get(file)));
  for (const executable of [true, false]) {
    const wrong = same.filter((file) => isExecutable(file) === executable && there.get(file)?.executable !== executable);
    for (const some of splitFiles(wrong)) {
      const names = some.map(({ name }) => name);
      await drive.session.call(changeSent(drive.actor, folder, executable ? 'executable' : 'plain', names));
    }
  }
  return files.filter((file) => !isSame(file, there.get(file)));
}

/** What is on the host under these names. */
export async function sumOnHost(
  drive: Drive,
  folder: string,
  files: readonly ParcelFile[],
  nameOf: (file: ParcelFile) => string,
): Promise<Map<ParcelFile, FoundFile>> {
  const there = new Map<ParcelFile, FoundFile>();
  for (const some of splitFiles(files)) {
    const bytes = some.reduce((sum, { size }) => sum + size, 0);
    const found = await drive.session.call(sumSent(folder, some.map(nameOf), bytes));
    if (found === null) throw new NotSent('no sha256sum on the host: whether a file is the same cannot be known there');
    found.forEach((one, index) => {
      const file = some[index];
      if (one !== null && file !== undefined) there.set(file, one);
    });
  }
  return there;
}

export function isSame({ sha256 }: ParcelFile, found: FoundFile | undefined): boolean {
  return found?.sha256 === sha256;
}

function splitFiles(files: readonly ParcelFile[]): ParcelFile[][] {
  const groups: ParcelFile[][] = [];
  let bytes = 0;
  for (const file of files) {
    const last = groups.at(-1);
    if (last === undefined || last.length >= filesTogether || bytes + file.size > bytesTogether) {
      groups.push([file]);
      bytes = file.size;
    } else {
      last.push(file);
      bytes += file.size;
    }
  }
  return groups;
}
