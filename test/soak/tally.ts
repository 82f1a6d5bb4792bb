import { existsSync, readFileSync, writeFileSync } from 'node:fs';

/** What came of one fault. */
export interface Count {
  injected: number;
  runs: number;
  startedTwice: number;
  rowsLost: number;
  rowsDoubled: number;
  wrong: number;
}

export const nothing: Count = { injected: 0, runs: 0, startedTwice: 0, rowsLost: 0, rowsDoubled: 0, wrong: 0 };

export function add(one: Count, other: Count): Count {
  const keys = Object.keys(nothing) as (keyof Count)[];
  return Object.fromEntries(keys.map((key) => [key, one[key] + other[key]])) as unknown as Count;
}

/** A table of Markdown, with what was asked for above it. */
export function renderTally(counts: ReadonlyMap<string, Count>, command: string): string {
  const total = [...counts.values()].reduce(add, nothing);
  const rows = [...counts, ['all', total] as const].map(([name, count]) => [
    name,
    ...[count.injected, count.runs, count.startedTwice, count.rowsLost, count.rowsDoubled, count.wrong].map(String),
  ]);
  const head = ['fault', 'times injected', 'runs', 'jobs started twice', 'rows lost', 'rows doubled', 'wrong outcomes'];
  const widths = head.map((title, column) => Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)));
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell, column) => (column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0))).join(' | ')} |`;
  const rule = `| ${widths.map((width, column) => (column === 0 ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`)).join(' | ')} |`;
  return [`    ${command}`, '', line(head), rule, ...rows.map(line)].join('\n');
}

const begin = '<!-- soak: begin -->';
const end = '<!-- soak: end -->';

/** Into the file, between the two marks where it has them, else as the whole of it. */
export function writeTally(file: string, table: string): void {
  const text = existsSync(file) ? readFileSync(file, 'utf8') : '';
  const [before, after] = [text.indexOf(begin), text.indexOf(end)];
  if (before < 0 || after < before) writeFileSync(file, `${table}\n`);
  else writeFileSync(file, `${text.slice(0, before + begin.length)}\n\n${table}\n\n${text.slice(after)}`);
}
