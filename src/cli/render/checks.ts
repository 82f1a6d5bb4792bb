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

/** The GO / NO-GO table: what failed comes first, with what to do about it; the rest in the order of the playbook. */
export function renderChecks(checks: readonly Check[], screen: Screen): string[] {
  if (checks.length === 0) return [];
  const ordered = checks.toSorted((left, right) => worstFirst.indexOf(left.result) - worstFirst.indexOf(right.result));
  return renderTable(columns, ordered.map(renderCheck), screen);
}

/** `GO: all 14 passed`, `NO-GO: 2 of 14 did not pass`. */
export function renderVerdict(verdict: Verdict | null, checks: readonly Pick<Check, 'result'>[], screen: Screen): string[] {
  if (verdict === null) return [];
  const stopped = checks.filter(({ result }) => result === 'fail' || result === 'error').length;
  const warned = checks.filter(({ result }) => result === 'warn').length;
  const counts = [
    ...(stopped === 0 ? [] : [`${stopped} of ${checks.length} did not pass`]),
    ...(warned === 0 ? [] : [`${warned} ${warned === 1 ? 'warning' : 'warnings'}`]),
    ...(stopped + warned === 0 && checks.length > 0 ? [`all ${checks.length} passed`] : []),
  ];
  const color = verdict === 'GO' ? 'green' : verdict === 'NO-GO' ? 'red' : 'yellow';
  return [`${screen.paint(color, verdict)}${counts.length === 0 ? '' : `: ${counts.join(', ')}`}`];
}

function renderCheck(check: Check): Row {
  const { result, phase, name, expected, observed, seconds, message } = check;
  const passed = result === 'pass';
  return {
    cells: [
      result === null ? 'pending' : { text: result, color: colors[result] },
      phase,
      name,
      expected ?? '',
      observed ?? '',
      seconds === null ? '' : formatSeconds(seconds),
    ],
    notes: passed || message === null ? [] : [message],
    inFull: !passed,
  };
}
