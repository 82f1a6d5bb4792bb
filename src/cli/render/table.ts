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
  const cells = rows.map((row) => row.cells.map(measure));
  const kept = columns.flatMap((column, index) => {
    const longest = cells.reduce((most, row) => Math.max(most, row[index]?.length ?? 0), 0);
    return longest === 0 ? [] : [{ ...column, index, width: widthOf(column, longest) }];
  });
  const fitted = fitColumns(kept, screen.width);
  const renderLine = (line: readonly MeasuredCell[]): string =>
    fitted
      .map(({ index, width, align }) => renderCell(line[index] ?? empty, width, align, screen))
      .join(gap)
      .trimEnd();
  const noteWidth = screen.width === null ? null : screen.width - indent.length;
  const lines = [renderLine(columns.map(({ title }) => measure({ text: title, color: 'bold' })))];
  for (const [at, row] of rows.entries()) {
    const line = cells[at] ?? [];
    lines.push(renderLine(line));
    const cut = row.inFull === true ? fitted.filter(({ index, width }) => (line[index]?.length ?? 0) > width) : [];
    for (const { title, index } of cut) pushNote(lines, `${title.toLowerCase()}: ${line[index]?.text ?? ''}`, noteWidth);
    for (const note of row.notes ?? []) pushNote(lines, printable(note), noteWidth);
  }
  return lines;
}

function pushNote(lines: string[], note: string, width: number | null): void {
  for (const line of wrap(note, width)) lines.push(indent + line);
}

/** Harmless to a terminal, and its length in characters. */
interface MeasuredCell {
  text: string;
  color: Color | undefined;
  length: number;
}

const empty: MeasuredCell = { text: '', color: undefined, length: 0 };

function measure(cell: string | Cell): MeasuredCell {
  if (cell === '') return empty;
  const { text: given, color } = typeof cell === 'string' ? { text: cell } : cell;
  const text = printable(given);
  return { text, color, length: countCharacters(text) };
}

function renderCell({ text, length, color }: MeasuredCell, width: number, align: 'right' | undefined, screen: Screen): string {
  const shown = length > width ? shorten(text, width) : text;
  const padding = ' '.repeat(Math.max(width - length, 0));
  const painted = color === undefined ? shown : screen.paint(color, shown);
  return align === 'right' ? padding + painted : painted + padding;
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
