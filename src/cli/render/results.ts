import type { ResultRow, Results } from '../queue/read-results.ts';
import type { Screen } from '../screen.ts';
import { renderCsv } from './csv.ts';
import { printable } from './printable.ts';
import { renderEntryName } from './entry-name.ts';
import { formatSeconds } from './quantities.ts';
import { renderTable } from './table.ts';

const columns = [
  { title: 'ENTRY' },
  { title: 'WHAT', least: 20 },
  { title: 'STATE' },
  { title: 'RUN' },
  { title: 'TIME', align: 'right' as const },
  { title: 'BEST', align: 'right' as const },
  { title: 'AT STEP', align: 'right' as const },
  { title: 'LAST', align: 'right' as const },
];

/** One line an entry, the best one in green. */
export function renderResults({ rows, best, metric, mode }: Results, screen: Screen): string[] {
  if (rows.length === 0) return ['no entry is of this sweep; fleet queue list --all shows all'];
  const table = renderTable(
    columns,
    rows.map((row) => ({
      cells: [
        row.entry,
        { text: renderEntryName(row), ...(row.entry === best ? { color: 'green' as const } : {}) },
        row.state,
        row.run ?? '',
        row.seconds === null ? '' : formatSeconds(row.seconds),
        textOf(row.best),
        textOf(row.bestStep),
        textOf(row.last),
      ],
    })),
    screen,
  );
  return metric === null ? table : [...table, '', describeBest(rows, { metric, mode, best })];
}

function describeBest(rows: readonly ResultRow[], { metric, mode, best }: Omit<Results, 'rows'> & { metric: string }): string {
  const winner = rows.find(({ entry }) => entry === best);
  if (winner === undefined) return `no run has a number called "${printable(metric)}" yet; fleet metrics RUN shows what one has`;
  return `best ${metric} (${mode}): ${renderEntryName(winner)}, ${textOf(winner.best)}`;
}

/** One row an entry, each param a column of its own. */
export function renderResultsCsv({ rows }: Results): string[] {
  const params = [...new Set(rows.flatMap((row) => Object.keys(row.params)))];
  const changed = [...new Set(rows.flatMap((row) => Object.keys(row.changed)))];
  const fixed = ['entry', 'name', 'point', 'host', 'state', 'run', 'seconds', 'best', 'bestStep', 'last'] as const;
  const flat = ({ params: own, changed: since, ...row }: ResultRow) => ({
    ...row,
    ...prefixed('params', own),
    ...prefixed('changed', since),
  });
  const varying = [...params.map((name) => `params.${name}`), ...changed.map((name) => `changed.${name}`)];
  return renderCsv([...fixed, ...varying], rows.map(flat));
}

function prefixed(prefix: string, values: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [`${prefix}.${name}`, value]));
}

function textOf(value: number | null): string {
  return value === null ? '' : String(Number(value.toPrecision(6)));
}
