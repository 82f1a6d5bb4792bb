import { parse } from 'csv-parse/sync';
import { parseCell } from './cells.ts';
import { excerpt } from './reading.ts';
import type { CsvRule } from './rules.ts';

/** What a CSV file's rows are read with: from the rule, or from the header; null until the header was seen. */
export interface CsvLayout {
  columns: string[] | null;
  /** Found from each line when it is not known. */
  separator?: string | null;
}

export interface SplitLine {
  texts: string[];
  separator: string;
}

/** The rarer one first: where two fit, a comma is the likelier part of a number or of a text. */
const likely = ['\t', ';', ','] as const;

/** The reason as text when the line is no CSV. A quoted cell may hold separators, never a line end. */
export function splitLine(rule: CsvRule, layout: CsvLayout, text: string): SplitLine | string {
  if (text.includes('\0')) return 'a line with NUL bytes';
  const known = rule.separator ?? layout.separator ?? null;
  if (known !== null) return splitAt(text, known);
  const candidates = likely.filter((separator) => text.includes(separator));
  const [only = ',', ...others] = candidates;
  if (others.length === 0) return splitAt(text, only);
  const splits = candidates.map((separator) => splitAt(text, separator)).filter((split) => typeof split !== 'string');
  return chooseSplit(rule, layout.columns, splits) ?? `a line with unbalanced quotes: "${excerpt(text)}"`;
}

/** By the line alone and how many columns there are, so that whoever goes on in the middle of a file without a header splits it alike. */
function chooseSplit(rule: CsvRule, columns: string[] | null, splits: SplitLine[]): SplitLine | undefined {
  if (columns === null) {
    const named = splits.find(({ texts }) => texts.some((text) => text.trim() === rule.step));
    return named ?? splits.toSorted((left, right) => right.texts.length - left.texts.length)[0];
  }
  const step = columns.indexOf(rule.step);
  const fitting = splits.filter(({ texts }) => texts.length === columns.length);
  return fitting.find(({ texts }) => isStep(texts[step])) ?? fitting[0] ?? splits.at(-1);
}

function isStep(text: string | undefined): boolean {
  return text === undefined || text.trim() === '' || typeof parseCell(text) === 'number';
}

function splitAt(text: string, separator: string): SplitLine | string {
  if (!text.includes('"')) return { texts: text.split(separator), separator };
  try {
    const [texts] = parse(text, {
      relax_column_count: true,
      ltrim: separator !== '\t',
      rtrim: separator !== '\t',
      delimiter: separator,
    });
    return { texts: texts ?? [], separator };
  } catch {
    return `a line with unbalanced quotes: "${excerpt(text)}"`;
  }
}
