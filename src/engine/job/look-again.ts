import type { Deed, Entry } from '../../playbook/entries/entry.ts';
import { sourceEntries } from '../../playbook/entries/source-entry.ts';
import type { Drive } from '../drive.ts';
import { isFailed } from '../entries/check-rows.ts';
import { decideOnWorkers } from '../gang/decide-on-workers.ts';
import { walkEntries } from '../entries/walk-entries.ts';
import { findWaiver } from '../entries/waivers.ts';
import { holdMachines } from '../hold-machine.ts';
import { decideNoGo } from '../preflight/no-go.ts';

/** What a check may have changed, or somebody else meanwhile. */
const changing: readonly Deed['kind'][] = ['git', 'config', 'accelerators-free', 'environment'];

/**
 * Source, configuration, environment and accelerators, looked at again right before the start. What an earlier controller recorded stays, and says
 * nothing of this moment: it is looked at once more. False: NO-GO, and nothing was started.
 */
export async function lookAgain(drive: Drive): Promise<boolean> {
  const { playbook } = drive.plan;
  const again = [...sourceEntries(playbook), ...playbook.validate]
    .filter(({ deed }) => changing.includes(deed.kind))
    .map(drive.record().attempt === 1 ? (entry) => entry : afterJob)
    .map((entry) => ({ ...entry, name: `${entry.name}, right before the start`, repeats: entry.name, remember: null }));
  const before = drive.parts.store.readChecks(drive.actor.run);
  const isRecorded = (name: string) =>
    before.some((check) => check.phase === 'launch' && check.name === name && check.status === 'settled');
  await walkEntries(drive, 'launch', again);
  const recorded = again.filter(({ name }) => isRecorded(name));
  if (recorded.length > 0) await holdMachines(drive);
  const rows = await Promise.all(
    recorded.map((entry, position) => decideOnWorkers(drive, entry, { phase: 'launch', position }, null, [])),
  );
  const failed = rows.filter((row) => isFailed({ result: row.result, waiver: findWaiver(drive.plan, row) }));
  if (failed.length === 0 && !drive.parts.store.readChecks(drive.actor.run).some(isFailed)) return true;
  await decideNoGo(drive, ['launching'], 'no-go', failed);
  return false;
}

/** A job writes beside its source: before a further attempt the commit must be the same, and the folder need not be clean. */
function afterJob(entry: Entry): Entry {
  return entry.deed.kind === 'git' ? { ...entry, deed: { ...entry.deed, clean: false } } : entry;
}
