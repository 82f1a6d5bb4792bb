import type { Color, Screen } from '../screen.ts';
import { printable, shorten, wrap } from './printable.ts';

export interface Cell {
  text: string;
  color?: Color;
}

export interface Row {
  cells: (string | Cell)[];
  /** Sentences below the row, indented. */
  notes?: string[];
}

export interface Column {
  title: string;
  align?: 'right';
}

const gap = '  ';
const narrowest = 6;

/** Columns under titles. Columns without a value in any row are left out; the widest ones give way when the terminal is narrow. */
export function renderTable(columns: readonly Column[], rows: readonly Row[], screen: Screen): string[] {
  const cells = rows.map((row) => row.cells.map(cleanCell));
  const kept = columns.map((_, index) => index).filter((index) => cells.some((row) => (row[index]?.text ?? '') !== ''));
  const widths = fitWidths(
    kept.map((index) => Math.max(columns[index]?.title.length ?? 0, ...cells.map((row) => lengthOf(row[index])))),
    screen.width,
  );
  const renderLine = (line: readonly (Cell | undefined)[], color?: Color): string =>
    kept
      .map((index, position) => {
        const cell = line[index] ?? { text: '' };
        return renderCell({ ...cell, ...(color && { color }) }, widths[position] ?? 0, columns[index]?.align, screen);
      })
      .join(gap)
      .trimEnd();
  const titles = columns.map(({ title }) => ({ text: title }));
  return [
    renderLine(titles, 'bold'),
    ...rows.flatMap((row, index) => [renderLine(cells[index] ?? []), ...renderNotes(row.notes ?? [], screen)]),
  ];
}

function renderNotes(notes: string[], screen: Screen): string[] {
  const indent = '    ';
  const width = screen.width === null ? null : screen.width - indent.length;
  return notes.flatMap((note) => wrap(printable(note), width)).map((line) => indent + line);
}

function cleanCell(cell: string | Cell): Cell {
  return typeof cell === 'string' ? { text: printable(cell) } : { ...cell, text: printable(cell.text) };
}

function renderCell(cell: Cell, width: number, align: 'right' | undefined, screen: Screen): string {
  const text = shorten(cell.text, width);
  const padding = ' '.repeat(Math.max(width - [...text].length, 0));
  const painted = cell.color === undefined ? text : screen.paint(cell.color, text);
  return align === 'right' ? padding + painted : painted + padding;
}

function lengthOf(cell: Cell | undefined): number {
  return cell === undefined ? 0 : [...cell.text].length;
}

function fitWidths(widths: number[], available: number | null): number[] {
  if (available === null) return widths;
  const fitted = [...widths];
  let excess = fitted.reduce((sum, width) => sum + width + gap.length, -gap.length) - available;
  while (excess > 0) {
    const widest = Math.max(...fitted);
    if (widest <= narrowest) break;
    fitted[fitted.indexOf(widest)] = widest - 1;
    excess -= 1;
  }
  return fitted;
}
