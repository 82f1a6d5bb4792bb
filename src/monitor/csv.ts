import { hasDecimalComma, parseCell, parseStep, type Cell } from './cells.ts';
import { splitLine, type CsvLayout } from './csv-cells.ts';
import { visitLines } from './lines.ts';
import { excerpt, skipLine, startReading, type Chunk, type Reading } from './reading.ts';
import type { CsvRule } from './rules.ts';

/** A header without a row after it is read again next time, so that whoever goes on from the offset has rows to know the columns from. */
const longestLoneHeaderBytes = 64 * 1024;

/** Columns and separator are taken from a header line when the rule names no columns, and kept in `layout` for the next chunk. */
export function readCsv(rule: CsvRule, layout: CsvLayout, chunk: Chunk): Reading {
  const reading = startReading();
  if (chunk.offset === 0) Object.assign(layout, startLayout(rule));
  const lines = visitLines(chunk.bytes, (start, end) => {
    const text = withoutMark(chunk.bytes.toString('utf8', start, end));
    if (text.trim() !== '') readLine(text, chunk.offset + start);
  });
  reading.consumed = lines.consumed;
  for (let count = 0; count < lines.tooLong; count += 1) skipLine(reading, 'a line of more than 1 MiB');
  if (chunk.offset === 0 && rule.columns === null && reading.rows.length === 0 && lines.consumed < longestLoneHeaderBytes) {
    Object.assign(layout, startLayout(rule));
    return startReading();
  }
  return reading;

  function readLine(text: string, position: number): void {
    const split = splitLine(rule, layout, text);
    if (typeof split === 'string') {
      skipLine(reading, split);
      return;
    }
    const { texts, separator } = split;
    if (isHeader(rule, layout.columns, texts, position)) {
      if (rule.columns === null) Object.assign(layout, { columns: nameColumns(rule, texts), separator });
      return;
    }
    const cells = separator === ',' ? texts.map(parseCell) : texts.map(parsePlainCell);
    const reason = findReason(rule, layout.columns, cells);
    if (reason === null && layout.columns !== null) readRow(layout.columns, cells, position, separator !== ',');
    else skipLine(reading, reason ?? '');
  }

  function readRow(columns: string[], cells: Cell[], position: number, isSeparatedOtherwise: boolean): void {
    const row: Record<string, unknown> = {};
    for (const [index, cell] of cells.entries()) {
      const column = columns[index];
      if (column === undefined) continue;
      row[column] = cell;
      if (typeof cell === 'string' && isSeparatedOtherwise && hasDecimalComma(cell))
        skipLine(reading, `a number with a comma is not read as a number: "${excerpt(cell)}"`);
      if (cell === null) reading.notFinite += 1;
    }
    reading.rows.push({ position, step: parseStep(row[rule.step]), at: chunk.readAt, columns: row });
  }
}

/** Columns of a headed file whose header was read earlier, from any of its rows. */
export function columnsOf(rule: CsvRule, row: { columns: Record<string, unknown> }): string[] {
  return Object.keys(row.columns).filter((column) => column !== rule.label);
}

/** Columns and separator of a headed file that is read from its middle on, from its first line. */
export function layoutOfHead(rule: CsvRule, head: Buffer): CsvLayout {
  const end = head.indexOf(0x0a);
  const text = withoutMark(head.toString('utf8', 0, Math.max(0, end))).trimEnd();
  const split = splitLine(rule, startLayout(rule), text);
  if (typeof split === 'string' || !isHeader(rule, null, split.texts, 0)) return startLayout(rule);
  return { columns: nameColumns(rule, split.texts), separator: split.separator };
}

function startLayout({ columns, separator }: CsvRule): CsvLayout {
  return { columns, separator: separator ?? null };
}

/** Where commas do not separate, one in a number may be a decimal comma or one of thousands: it is text then, and told. */
function parsePlainCell(text: string): Cell {
  return text.includes(',') ? text.trim() : parseCell(text);
}

/** The line that names the columns when the file has to; later, and in files without, a line that holds the names again. */
function isHeader(rule: CsvRule, columns: string[] | null, texts: string[], position: number): boolean {
  const names = texts.map((text) => text.trim());
  if (columns !== null && names.length === columns.length && names.every((name, index) => name === columns[index])) return true;
  if (rule.columns !== null) return false;
  if (names.includes(rule.step)) return true;
  return columns === null && position === 0 && names.length > 1 && names.every((name) => typeof parseCell(name) === 'string');
}

/** Names as the file has them, made unique. A bare number would lose its place among the keys of a row. */
function nameColumns({ label, rename = (name) => name }: CsvRule, texts: string[]): string[] {
  const seen = new Set<string | null | undefined>([label]);
  return texts.map((text, index) => {
    const trimmed = rename(text.trim());
    const plain = trimmed === '' || /^\d+$/.test(trimmed) ? `column_${index + 1}` : trimmed;
    const name = seen.has(plain) ? `${plain}_${index + 1}` : plain;
    seen.add(name);
    return name;
  });
}

function findReason(rule: CsvRule, columns: string[] | null, cells: Cell[]): string | null {
  if (columns === null) return 'the columns are not known: the first line of the file does not name them';
  if (cells.length !== columns.length) return `expected ${columns.length} columns (${columns.join(', ')}), got ${cells.length}`;
  const step = cells[columns.indexOf(rule.step)];
  if (typeof step !== 'string' || step === '') return null;
  return `expected a number in column "${rule.step}", got "${excerpt(step)}"`;
}

function withoutMark(text: string): string {
  return text.startsWith('\ufeff') ? text.slice(1) : text;
}
