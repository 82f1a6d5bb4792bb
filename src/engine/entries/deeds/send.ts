import { FleetError } from '../../../errors.ts';
import { formatSize } from '../../../language/units.ts';
import type { Deed, Entry } from '../../../playbook/entries/entry.ts';
import { changeSent, listSent } from '../../../remote/sending.ts';
import type { Drive } from '../../drive.ts';
import { CannotSend } from '../../sending/cannot-send.ts';
import { describeNames } from '../../sending/describe.ts';
import { matchesGlob } from '../../../language/globs.ts';
import { NotSent } from '../../sending/not-sent.ts';
import { readParcel, type Parcel } from '../../sending/parcel.ts';
import { clearStages, sendParcel } from '../../sending/send-parcel.ts';
import { isStaged } from '../../sending/stage.ts';
import { limitTime } from '../../sending/limit-time.ts';
import { below } from '../below.ts';
import type { Result } from './result.ts';

type Send = Extract<Deed, { kind: 'send' }>;

/** A file or a folder of this computer, as it was when the run was planned. */
export async function sendFiles(drive: Drive, deed: Send, entry: Entry): Promise<Result> {
  const { content } = deed;
  if (content === undefined) throw new TypeError(`"${entry.name}": the plan does not say what is sent`);
  const expected = `${content.files} files of ${formatSize(content.bytes)}`;
  const failed = (observed: string): Result => ({ result: 'fail', expected, observed, message: null });
  let parcel: Parcel;
  try {
    parcel = await readParcel(deed.from, deed.exclude, drive.signal);
  } catch (error) {
    if (error instanceof CannotSend) return failed(error.message);
    throw error;
  }
  if (parcel.sha256 !== content.sha256)
    return failed(
      `"${deed.from}" is not what it was when the run was planned: ${parcel.files.length} files of ${formatSize(parcel.bytes)}`,
    );
  const { folder, parcel: named } = placeParcel(drive, deed, parcel);
  try {
    const sent = await sendParcel(drive, named, folder, limitTime(drive, entry));
    const beside = parcel.isFolder ? await settleOthers(drive, deed, named, folder) : null;
    const said = [
      sent.files === 0 ? 'all were there' : `${sent.files} sent, ${formatSize(sent.bytes)}`,
      ...(beside === null ? [] : [beside]),
      ...(parcel.leftOut.length === 0 ? [] : [`no files, and not sent: ${describeNames(parcel.leftOut)}`]),
    ];
    return { result: 'pass', expected, observed: said.join('; '), message: null };
  } catch (error) {
    const isFull = error instanceof FleetError && error.code === 'host-cannot-write';
    if (!isFull && !(error instanceof NotSent)) throw error;
    if (isFull) await clearStages(drive, named.files, folder);
    return failed(error.message);
  }
}

/** A folder is sent into the folder `to`; a file to the path `to`, or with its own name where that ends with a slash. */
function placeParcel(drive: Drive, { to }: Send, parcel: Parcel): { folder: string; parcel: Parcel } {
  const path = below(drive.plan.playbook.workdir, to);
  if (parcel.isFolder || path.endsWith('/')) return { folder: path, parcel };
  const slash = path.lastIndexOf('/');
  const name = path.slice(slash + 1);
  const folder = slash < 0 ? '.' : path.slice(0, slash) || '/';
  return { folder, parcel: { ...parcel, files: parcel.files.map((file) => ({ ...file, name })) } };
}

/** Files of the folder on the host that the one here does not have: they stay, unless the playbook wants them gone. */
async function settleOthers(drive: Drive, deed: Send, { files }: Parcel, folder: string): Promise<string | null> {
  const ours = new Set(files.map(({ name }) => name));
  const listed = await drive.session.call(listSent(folder));
  const others = listed.filter((name) => !ours.has(name) && !isStaged(name) && !isExcluded(deed.exclude, name));
  if (others.length === 0) return null;
  if (!deed.delete) return `there besides, and kept: ${describeNames(others)}`;
  await drive.session.call(changeSent(drive.actor, folder, 'removed', others));
  return `removed: ${describeNames(others)}`;
}

/** By its own name, or by a folder that it lies in. */
function isExcluded(exclude: readonly string[], name: string): boolean {
  const steps = name.split('/');
  return steps.some((_, index) => matchesGlob(exclude, steps.slice(0, index + 1).join('/')));
}
