import type { CheckResult, Phase } from '../../lifecycle/states.ts';
import type { CheckSettlement } from '../../store/records.ts';
import type { Drive } from '../drive.ts';

/** A finished look: what a check's row shows. */
export interface Row extends CheckSettlement {
  name: string;
  /** Why the run ends because of it, when it has a reason of its own. */
  reason?: string;
}

/** Records looks that were made together. What an earlier controller recorded stays. */
export function settleAll(drive: Drive, phase: Phase, rows: readonly Row[]): void {
  const { store } = drive.parts;
  const planned = rows.map(({ name }, position) => ({ phase, position, kind: 'check' as const, name }));
  drive.must(store.planChecks(drive.lease, planned));
  for (const [position, row] of rows.entries()) {
    if (store.claimCheck(drive.lease, phase, position)) settle(drive, phase, position, row);
  }
}

/** The first recorded result wins; a write that does not land because of a newer owner ends this controller at its next step. */
export function settle(drive: Drive, phase: Phase, position: number, row: Row): void {
  const { scrubber } = drive.environment;
  const clean = (text: string | null) => (text === null ? null : scrubber.scrubText(text));
  const settlement: CheckSettlement = {
    result: row.result,
    expected: clean(row.expected),
    observed: clean(row.observed),
    message: clean(row.message),
    seconds: row.seconds,
  };
  const event = drive.event('check-settled', describe(row), { phase, position, name: row.name, result: row.result });
  drive.must(drive.parts.store.settleCheck(drive.lease, phase, position, settlement, event));
}

const words: Record<CheckResult, string> = { pass: 'pass', warn: 'warn', fail: 'FAIL', skip: 'skip', error: 'ERROR' };

function describe(row: Row): string {
  const why = row.result === 'pass' ? '' : `: expected ${row.expected ?? 'success'}, got ${row.observed ?? 'nothing'}`;
  return `${words[row.result]}  ${row.name}${why}${row.message === null ? '' : ` (${row.message})`}`;
}
