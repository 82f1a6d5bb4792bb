import type { Reason } from '../../monitor/health.ts';
import type { DutyRecord } from '../../store/attempt-records.ts';
import type { Drive } from '../drive.ts';
import { judgeDuty } from './judge-duty.ts';

const checkpointGraceMs = 120_000;

export interface DutyWatch {
  /** After each look at the job. `ended`: nothing more will come, and what is open is missed. */
  look(options: { ended: boolean }): void;
  reasons(): Reason[];
}

/** Settles what fleet can see for itself, and says when it is time for what a person sees to. */
export function watchDuties(drive: Drive): DutyWatch {
  const rules = drive.plan.playbook.duties ?? [];
  const { store, clock } = drive.parts;
  const { run } = drive.actor;
  const startedAt = drive.record().startedAt ?? clock.now();
  if (rules.length === 0) return { look: () => undefined, reasons: () => [] };
  const planned = rules.map(({ name, due }, position) => ({
    position,
    name,
    due: due.text,
    dueAt: due.kind === 'within' ? startedAt + due.seconds * 1000 : null,
  }));
  drive.must(store.planDuties(drive.lease, planned));
  let records = store.readDuties(run);

  /** A checkpoint takes its time to be whole and loaded. What waits for a person says nothing of the job. */
  function isOverdue({ state, position, dueAt }: DutyRecord): boolean {
    if (state !== 'due') return false;
    const kind = rules[position]?.proof.kind;
    return kind === 'criteria' || (kind === 'checkpoint' && clock.now() - (dueAt ?? 0) > checkpointGraceMs);
  }

  return {
    look({ ended }) {
      const standing = {
        ...{ startedAt, now: clock.now(), ended },
        step: store.readProgress(run)?.step ?? null,
        criteria: store.readCriteria(run),
        checkpoints: store.readCheckpoints(run),
      };
      records = store.readDuties(run);
      for (const record of records.filter(isOpen)) {
        const rule = rules[record.position];
        if (rule === undefined) continue;
        const found = judgeDuty(rule, standing);
        if (found.state === record.state && found.observed === record.observed) continue;
        const isSettled = !isOpen({ ...record, ...found });
        const dueAt = found.state === 'due' ? (record.dueAt ?? standing.now) : record.dueAt;
        const next: DutyRecord = { ...record, ...found, dueAt, at: isSettled ? standing.now : null };
        const isNews = found.state !== record.state;
        drive.must(
          store.recordDuty(drive.lease, next, isNews ? drive.event('duty', describeDuty(next, run), { duty: next.state }) : null),
        );
      }
      records = store.readDuties(run);
    },
    reasons: () =>
      records
        .filter((record) => record.state === 'failed' || isOverdue(record))
        .map((record) => ({ color: 'yellow', text: describeDuty(record, run) })),
  };
}

function isOpen({ state }: DutyRecord): boolean {
  return state === 'waiting' || state === 'due';
}

function describeDuty({ name, due, state, observed }: DutyRecord, run: string): string {
  const seen = observed === null ? '' : ` (${observed})`;
  if (state === 'due') return `duty "${name}" (${due}) is due${seen}; fleet duty ${run} shows how to settle it`;
  return `duty "${name}" (${due}): ${state}${seen}`;
}
