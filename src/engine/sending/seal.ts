import type { Deed, Entry } from '../../playbook/entries/entry.ts';
import { resolveLocalPath } from '../../playbook/local-path.ts';
import type { ResolvedPlaybook } from '../../playbook/playbook.ts';
import { CannotSend } from './cannot-send.ts';
import { findCommit } from './git-here.ts';
import { readParcel } from './parcel.ts';

/** Fixes what the playbook sends: which files with what content, and which commit. A resume sends that, or tells that it is not there any more. */
export async function sealPlaybook(playbook: ResolvedPlaybook): Promise<ResolvedPlaybook> {
  const prepare: Entry[] = [];
  for (const entry of playbook.prepare)
    prepare.push({ ...entry, deed: await sealDeed(entry.deed, playbook.file, describe(playbook, entry)) });
  return { ...playbook, prepare };
}

async function sealDeed(deed: Deed, file: string, where: string): Promise<Deed> {
  try {
    if (deed.kind === 'checkout') {
      const repository = resolveLocalPath(file, deed.repository);
      return { ...deed, repository, commit: await findCommit(repository, deed.commit) };
    }
    if (deed.kind !== 'send') return deed;
    const from = resolveLocalPath(file, deed.from);
    const { files, bytes, sha256 } = await readParcel(from, deed.exclude);
    if (files.length === 0) throw new CannotSend(`there is no file to send in "${from}"`);
    return { ...deed, from, content: { files: files.length, bytes, sha256 } };
  } catch (error) {
    throw error instanceof CannotSend ? new CannotSend(`${where}: ${error.message}`, error) : error;
  }
}

function describe({ file }: ResolvedPlaybook, { line, name }: Entry): string {
  return `${file}${line === null ? '' : `:${line}`}: "${name}"`;
}
