import type { CheckResult, Verdict } from '../../lifecycle/states.ts';
import type { RunDocument } from '../../store/run-document.ts';
import type { Color, Screen } from '../screen.ts';
import { formatSeconds } from './quantities.ts';
import { renderTable, type Row } from './table.ts';

type Check = RunDocument['checks'][number];

const columns = [
  { title: 'RESULT' },
  { title: 'PHASE' },
  { title: 'NAME', least: 28 },
  { title: 'EXPECTED', most: 60 },
  { title: 'OBSERVED', most: 60 },
  { title: 'TIME', align: 'right' as const },
];

const colors: Record<CheckResult, Color> = { fail: 'red', error: 'red', warn: 'yellow', skip: 'dim', pass: 'green' };
const worstFirst: readonly (CheckResult | null)[] = ['fail', 'error', 'warn', null, 'skip', 'pass'];

/** A waived failure stays one, and stops nothing. */
const rank = ({ result, waiver }: Check) => worstFirst.indexOf(waiver === null ? result : 'warn');

/** The GO / NO-GO table: what failed comes first, with what to do about it; the rest in the order of the playbook. */
export function renderChecks(checks: readonly Check[], screen: Screen): string[] {
  if (checks.length === 0) return [];
  const ordered = checks.toSorted((left, right) => rank(left) - rank(right));
  return renderTable(columns, ordered.map(renderCheck), screen);
}

/** `GO: all 14 passed`, `NO-GO: 2 of 14 did not pass`. */
export function renderVerdict(
  verdict: Verdict | null,
  checks: readonly Pick<Check, 'result' | 'waiver'>[],
  screen: Screen,
): string[] {
  if (verdict === null) return [];
  const failed = checks.filter(({ result }) => result === 'fail' || result === 'error');
  const waived = failed.filter(({ waiver }) => waiver !== null).length;
  const stopped = failed.length - waived;
  const skipped = checks.filter(({ result }) => result === 'skip').length;
  const warned = checks.filter(({ result }) => result === 'warn').length;
  const counts = [
    ...(stopped === 0 ? [] : [`${stopped} of ${checks.length} did not pass`]),
    ...(waived === 0 ? [] : [`${waived} waived`]),
    ...(warned === 0 ? [] : [`${warned} ${warned === 1 ? 'warning' : 'warnings'}`]),
    ...(skipped === 0 ? [] : [`${skipped} skipped`]),
    ...(failed.length + warned === 0 && checks.length > 0
      ? [skipped === 0 ? `all ${checks.length} passed` : `${checks.length - skipped} passed`]
      : []),
  ];
  const color = verdict === 'GO' ? 'green' : verdict === 'NO-GO' ? 'red' : 'yellow';
  return [`${screen.paint(color, verdict)}${counts.length === 0 ? '' : `: ${counts.join(', ')}`}`];
}

function renderCheck(check: Check): Row {
  const { result, phase, name, expected, observed, seconds, message, waiver } = check;
  const passed = result === 'pass';
  return {
    cells: [
      result === null
        ? 'pending'
        : waiver === null
          ? { text: result, color: colors[result] }
          : { text: 'waived', color: 'yellow' },
      phase,
      name,
      expected ?? '',
      observed ?? '',
      seconds === null ? '' : formatSeconds(seconds),
    ],
    notes: [
      ...(waiver === null ? [] : [`waived by ${waiver.by} at ${waiver.at}: ${waiver.reason}`]),
      ...(message === null ? [] : [message]),
    ],
    inFull: !passed,
  };
}
