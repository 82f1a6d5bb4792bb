import type { CheckResult, Phase } from '../../lifecycle/states.ts';
import type { Entry } from '../../playbook/entries/entry.ts';
import type { CheckRecord, CheckSettlement, Waiver } from '../../store/check-records.ts';
import type { Drive } from '../drive.ts';
import { quarantineHost } from '../quarantine-host.ts';
import { findWaiver, type Waivable } from './waivers.ts';

/** A finished look: what a check's row shows. */
export interface Row extends Omit<CheckSettlement, 'waiver'>, Waivable {
  /** Why the run ends because of it, when it has a reason of its own. */
  reason?: string;
  /** What is compared where workers must be alike; left out: what was observed. */
  seen?: string;
  /** The keys under which later runs find it, one for each worker. */
  rememberAs?: string[];
}

/** Records looks that were made together, at the positions from `from` on. What an earlier controller recorded stays. */
export function settleAll(drive: Drive, phase: Phase, rows: readonly Row[], from = 0): void {
  const { store } = drive.parts;
  const planned = rows.map(({ name }, index) => ({ phase, position: from + index, kind: 'check' as const, name }));
  store.together(() => {
    drive.must(store.planChecks(drive.lease, planned));
    for (const [index, row] of rows.entries()) {
      if (store.claimCheck(drive.lease, phase, from + index)) settle(drive, phase, from + index, row);
    }
  });
}

/** The first recorded result wins; a write that does not land because of a newer owner ends this controller at its next step. */
export function settle(drive: Drive, phase: Phase, position: number, row: Row, entry?: Pick<Entry, 'quarantine'>): void {
  const { scrubber } = drive.environment;
  const waiver = isTrouble(row) ? findWaiver(drive.plan, row) : null;
  const clean = (text: string | null) => (text === null ? null : scrubber.scrubText(text));
  const settlement: CheckSettlement = {
    result: row.result,
    expected: clean(row.expected),
    observed: clean(row.observed),
    message: clean(row.message),
    seconds: row.seconds,
    waiver,
    workers: row.workers?.map((look) => ({ ...look, observed: clean(look.observed), message: clean(look.message) })) ?? null,
  };
  const event = drive.event('check-settled', describe(row, waiver), { phase, position, name: row.name, result: row.result });
  const { store } = drive.parts;
  const write = () => drive.must(store.settleCheck(drive.lease, phase, position, settlement, event));
  const follow = whatFollows(drive, row, settlement, entry?.quarantine ?? null);
  if (follow === null) {
    write();
    return;
  }
  store.together(() => {
    write();
    follow();
  });
}

/** What is written together with the row or not at all: a resume must not find it without the row. */
function whatFollows(drive: Drive, row: Row, settlement: CheckSettlement, quarantine: string | null): (() => void) | null {
  const { store, clock } = drive.parts;
  if (row.rememberAs !== undefined) {
    const look = { name: row.name, expected: settlement.expected, observed: settlement.observed, at: clock.now() };
    const keys = row.rememberAs;
    return () => {
      for (const key of keys) drive.must(store.remember(drive.lease, { ...look, key }));
    };
  }
  if (quarantine === null || drive.plan.kind !== 'launch' || !isFailed(settlement)) return null;
  const failed = drive.workers.filter(({ target }) =>
    row.workers?.some(({ worker, result }) => worker === target.index && isTrouble({ result })),
  );
  return () => {
    for (const worker of failed.length === 0 ? [drive] : failed) quarantineHost(worker, `${quarantine} ("${row.name}" failed)`);
  };
}

/** Whether it stops the launch: it did not pass, and nobody has waived it. */
export function isFailed({ result, waiver }: Pick<CheckRecord, 'result' | 'waiver'>): boolean {
  return isTrouble({ result }) && waiver === null;
}

export function isTrouble({ result }: { result: CheckResult | null }): boolean {
  return result === 'fail' || result === 'error';
}

const words: Record<CheckResult, string> = { pass: 'pass', warn: 'warn', fail: 'FAIL', skip: 'skip', error: 'ERROR' };

function describe(row: Row, waiver: Waiver | null): string {
  if (waiver !== null) return `waived  ${row.name}: got ${row.observed ?? 'nothing'} (${waiver.reason}, ${waiver.by})`;
  const why = row.result === 'pass' ? '' : `: expected ${row.expected ?? 'success'}, got ${row.observed ?? 'nothing'}`;
  return `${words[row.result]}  ${row.name}${why}${row.message === null ? '' : ` (${row.message})`}`;
}
