import type { CheckResult } from '../../lifecycle/states.ts';
import type { RunDocument } from '../../store/run-document.ts';
import type { Color, Screen } from '../screen.ts';
import { formatSeconds } from './quantities.ts';
import { renderTable, type Row } from './table.ts';

type Check = RunDocument['checks'][number];

const columns = [
  { title: 'RESULT' },
  { title: 'PHASE' },
  { title: 'NAME' },
  { title: 'EXPECTED' },
  { title: 'OBSERVED' },
  { title: 'TIME', align: 'right' as const },
];

const colors: Record<CheckResult, Color> = { fail: 'red', error: 'red', warn: 'yellow', skip: 'dim', pass: 'green' };
const worstFirst: readonly (CheckResult | null)[] = ['fail', 'error', 'warn', null, 'skip', 'pass'];

/** The GO / NO-GO table: what failed comes first, with what to do about it; the rest in the order of the playbook. */
export function renderChecks(checks: readonly Check[], screen: Screen): string[] {
  if (checks.length === 0) return [];
  const ordered = checks.toSorted((left, right) => worstFirst.indexOf(left.result) - worstFirst.indexOf(right.result));
  return renderTable(columns, ordered.map(renderCheck), screen);
}

/** `GO`, `NO-GO: 2 of 14 did not pass`. */
export function renderVerdict(run: Pick<RunDocument, 'verdict' | 'checks'>, screen: Screen): string[] {
  if (run.verdict === null) return [];
  const stopped = run.checks.filter((check) => check.result === 'fail' || check.result === 'error').length;
  const warned = run.checks.filter((check) => check.result === 'warn').length;
  const counts = [
    ...(stopped === 0 ? [] : [`${stopped} of ${run.checks.length} did not pass`]),
    ...(warned === 0 ? [] : [`${warned} ${warned === 1 ? 'warning' : 'warnings'}`]),
  ];
  const color = run.verdict === 'GO' ? 'green' : run.verdict === 'NO-GO' ? 'red' : 'yellow';
  return [`${screen.paint(color, run.verdict)}${counts.length === 0 ? '' : `: ${counts.join(', ')}`}`];
}

function renderCheck(check: Check): Row {
  const result = check.result ?? 'pending';
  const tellsWhy = check.message !== null && check.result !== 'pass';
  return {
    cells: [
      check.result === null ? result : { text: result, color: colors[check.result] },
      check.phase,
      check.name,
      check.expected ?? '',
      check.observed ?? '',
      check.seconds === null ? '' : formatSeconds(check.seconds),
    ],
    notes: tellsWhy ? [check.message ?? ''] : [],
  };
}
