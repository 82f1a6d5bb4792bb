import type { Color, Screen } from '../screen.ts';
import { countCharacters, printable, shorten, wrap } from './printable.ts';

export interface Cell {
  text: string;
  color?: Color;
}

export interface Row {
  cells: (string | Cell)[];
  /** Sentences below the row, indented. */
  notes?: string[];
  /** Whether a cell that had to be shortened stands below the row in full. */
  inFull?: boolean;
}

export interface Column {
  title: string;
  align?: 'right';
  /** Longer cells are shortened, wherever they are read. */
  most?: number;
  /** On a narrow terminal the others give way first. */
  least?: number;
}

const gap = '  ';
const indent = '    ';
const narrowest = 6;

/** Columns under titles. Columns without a value in any row are left out; the widest ones give way when the terminal is narrow. */
export function renderTable(columns: readonly Column[], rows: readonly Row[], screen: Screen): string[] {
  const cells = rows.map((row) => row.cells.map(cleanCell));
  const kept = columns.flatMap((column, index) => {
    const longest = cells.reduce((most, row) => Math.max(most, lengthOf(row[index])), 0);
    return longest === 0 ? [] : [{ ...column, index, width: widthOf(column, longest) }];
  });
  const fitted = fitColumns(kept, screen.width);
  const renderLine = (line: readonly (Cell | undefined)[]): string =>
    fitted
      .map(({ index, width, align }) => renderCell(line[index] ?? empty, width, align, screen))
      .join(gap)
      .trimEnd();
  const renderRow = (row: Row, line: readonly Cell[]): string[] => {
    const cut = row.inFull === true ? fitted.filter(({ index, width }) => lengthOf(line[index]) > width) : [];
    const inFull = cut.map(({ title, index }) => `${title.toLowerCase()}: ${line[index]?.text ?? ''}`);
    return [renderLine(line), ...renderNotes([...inFull, ...(row.notes ?? [])], screen)];
  };
  const titles = columns.map(({ title }) => ({ text: title, color: 'bold' as const }));
  return [renderLine(titles), ...rows.flatMap((row, index) => renderRow(row, cells[index] ?? []))];
}

function renderNotes(notes: string[], screen: Screen): string[] {
  const width = screen.width === null ? null : screen.width - indent.length;
  return notes.flatMap((note) => wrap(printable(note), width)).map((line) => indent + line);
}

const empty: Cell = { text: '' };

function cleanCell(cell: string | Cell): Cell {
  if (cell === '') return empty;
  return typeof cell === 'string' ? { text: printable(cell) } : { ...cell, text: printable(cell.text) };
}

function renderCell(cell: Cell, width: number, align: 'right' | undefined, screen: Screen): string {
  const text = shorten(cell.text, width);
  const padding = ' '.repeat(Math.max(width - countCharacters(text), 0));
  const painted = cell.color === undefined ? text : screen.paint(cell.color, text);
  return align === 'right' ? padding + painted : painted + padding;
}

function lengthOf(cell: Cell | undefined): number {
  return cell === undefined ? 0 : countCharacters(cell.text);
}

function widthOf({ title, most = Infinity }: Column, longest: number): number {
  return Math.max(title.length, Math.min(most, longest));
}

interface FittedColumn extends Column {
  index: number;
  width: number;
}

function fitColumns(columns: readonly FittedColumn[], available: number | null): FittedColumn[] {
  const fitted = columns.map((column) => ({ ...column }));
  const isTooWide = () =>
    available !== null && fitted.reduce((sum, { width }) => sum + width + gap.length, -gap.length) > available;
  for (const leastOf of [({ least = narrowest }: Column) => least, () => narrowest]) {
    while (isTooWide()) {
      const [widest] = fitted
        .filter((column) => column.width > leastOf(column))
        .toSorted((one, other) => other.width - one.width);
      if (widest === undefined) break;
      widest.width -= 1;
    }
  }
  return fitted;
}
