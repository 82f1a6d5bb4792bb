import { createHash } from 'node:crypto';
import { rfc3339 } from '../../clock.ts';
import type { Entry } from '../../playbook/entries/entry.ts';
import { machineOf } from '../../remote/identity.ts';
import { lookAtSource } from '../../remote/source.ts';
import type { Drive } from '../drive.ts';
import { readWorker } from '../read-worker.ts';
import { setupOf } from '../author-script.ts';
import type { Result } from './deeds/result.ts';

export interface Memory {
  /** What an earlier run saw; null: look. */
  row: Result | null;
  /** What a pass is remembered under; null: it is not. */
  key: string | null;
}

/** A pass of the very same look, by an earlier run, on the same machine and commit, as the entry's author says. */
export async function recall(drive: Drive, entry: Entry): Promise<Memory> {
  const key = await makeKey(drive, entry);
  const found = key === null ? null : drive.parts.store.readRemembered(key);
  if (found === null) return { row: null, key };
  const message = `remembered: run ${found.run} saw it pass at ${rfc3339(found.at)}`;
  return { row: { result: 'pass', expected: found.expected, observed: found.observed, message }, key };
}

/** Null where nothing can be remembered: not asked for, or a source that is no clean commit. */
async function makeKey(drive: Drive, { name, deed, remember, requires }: Entry): Promise<string | null> {
  if (remember === null) return null;
  const { playbook } = drive.plan;
  const same: unknown[] = [playbook.name, name, deed, requires, playbook.workdir, setupOf(drive), playbook.env];
  if (remember.includes('host')) {
    // A rented machine may have the name of an earlier one.
    same.push(drive.host.name, machineOf(readWorker(drive)?.incarnation ?? ''));
  }
  if (remember.includes('source.commit')) {
    const state = await drive.session.call(lookAtSource(playbook.workdir, setupOf(drive)));
    if (state.kind !== 'git' || state.changes.length > 0) return null;
    same.push(state.commit);
  }
  return createHash('sha256').update(JSON.stringify(same)).digest('hex');
}
