import type { CriterionVerdict } from '../../lifecycle/states.ts';
import type { RunDocument } from '../../store/run-document.ts';
import type { Color, Screen } from '../screen.ts';
import { renderTable } from './table.ts';

const columns = [
  { title: 'VERDICT' },
  { title: 'CRITERION', least: 22 },
  { title: 'SEVERITY' },
  { title: 'EXPECTED', most: 60 },
  { title: 'OBSERVED', most: 60 },
];

const colors: Record<CriterionVerdict, Color> = { violated: 'red', inconclusive: 'yellow', pending: 'dim', met: 'green' };
const worstFirst: readonly CriterionVerdict[] = ['violated', 'inconclusive', 'pending', 'met'];

export function renderCriteria(criteria: RunDocument['criteria'], screen: Screen): string[] {
  if (criteria.length === 0) return [];
  const ordered = criteria.toSorted((left, right) => worstFirst.indexOf(left.verdict) - worstFirst.indexOf(right.verdict));
  const rows = ordered.map(({ verdict, name, severity, expected, observed, message }) => ({
    cells: [{ text: verdict, color: colors[verdict] }, name, severity, expected ?? '', observed ?? ''],
    notes: verdict === 'met' || message === null ? [] : [message],
    inFull: verdict === 'violated' || verdict === 'inconclusive',
  }));
  return renderTable(columns, rows, screen);
}
