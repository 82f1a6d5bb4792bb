import type { Phase } from '../../lifecycle/states.ts';
import type { CheckRecord } from '../../store/check-records.ts';
import type { Drive } from '../drive.ts';
import { holdMachines } from '../hold-machine.ts';
import { isFailed, settle } from './check-rows.ts';
import { decideOnWorkers } from '../gang/decide-on-workers.ts';
import type { AskedEntry, Lane } from './decide-entry.ts';
import { isUnit, scheduleEntries } from './schedule.ts';

/**
 * Walks an ordered list: each entry is claimed before and settled after, and what is settled is never done again. Before the job, the machine must
 * still be ours. Returns the records.
 */
export async function walkEntries(drive: Drive, phase: Phase, entries: readonly AskedEntry[]): Promise<CheckRecord[]> {
  const { store } = drive.parts;
  const planned = entries.map(({ kind, name }, position) => ({ phase, position, kind, name }));
  drive.must(store.planChecks(drive.lease, planned));
  const isOfPhase = (check: CheckRecord) => check.phase === phase;
  for (const group of scheduleEntries(phase, entries, { strict: drive.plan.playbook.strictOrder })) {
    const all = store.readChecks(drive.actor.run);
    const recorded = all.filter(isOfPhase);
    const failed = phase === 'rollback' ? null : (all.find(isFailed) ?? null);
    const open = group.flatMap((position) => {
      const entry = entries[position];
      return entry === undefined || recorded[position]?.status === 'settled' ? [] : [{ entry, position }];
    });
    if (open.length === 0) continue;
    drive.signal.throwIfAborted();
    if (phase !== 'verify') await holdMachines(drive);
    store.together(() => {
      for (const { position } of open) drive.must(store.claimCheck(drive.lease, phase, position));
    });
    const lanes = (): Lane[] => drive.workers.map(() => ({ doneAt: 0 }));
    const together = lanes();
    const rows = open.map(({ entry, position }) =>
      decideOnWorkers(drive, entry, { phase, position }, failed, isUnit(entry) ? lanes() : together),
    );
    // One that throws ends the walk, and the others are not left behind: they end with it, or are asked again later.
    const ended = Promise.allSettled(rows);
    try {
      for (const [index, { entry, position }] of open.entries()) {
        const row = await rows[index];
        if (row !== undefined) settle(drive, phase, position, row, entry);
      }
    } finally {
      await ended;
    }
  }
  return store.readChecks(drive.actor.run).filter(isOfPhase);
}
