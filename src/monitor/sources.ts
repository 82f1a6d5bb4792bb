import { compileExpression } from '../language/expression.ts';
import type { CsvLayout } from './csv-cells.ts';
import { columnsOf, layoutOfHead, readCsv } from './csv.ts';
import { lineFormats } from './formats/formats.ts';
import { snakeCase } from './formats/figures.ts';
import { slotOf } from './generation.ts';
import { readJsonl } from './jsonl.ts';
import type { Chunk, Reading, Row } from './reading.ts';
import type { CsvRule, JsonlRule, SourceRule } from './rules.ts';
import { readByPatterns, readText, type ReadLine, type TextMemory } from './text.ts';

type Columns = Record<string, unknown>;
type StepAt = (at: number) => number | null;

/** How the files of a source are read. What is known of one of them besides its offset comes from the row that was read of it last, or from its head. */
export interface Source {
  rule: SourceRule;
  /** Whether a record counts as progress. */
  counts(columns: Columns): boolean;
  /** Apart for files that are read side by side. */
  laneOf(generation: number): number;
  open(last: Row | null): OpenFile;
}

export interface OpenFile {
  /** Whether a file that is read from its middle on needs its first bytes, too. */
  needsHead(): boolean;
  read(chunk: Chunk, stepAt: StepAt): Reading;
}

export function prepareSource(rule: SourceRule): Source {
  const label = rule.kind === 'accelerators' ? null : (rule.label ?? null);
  const counts = rule.kind === 'jsonl' ? compileWhen(rule.when) : () => true;
  return {
    rule,
    counts,
    laneOf: (generation) => (label === null ? 0 : slotOf(generation)),
    open: (last) => withLabel(openFile(rule, counts, last), label),
  };
}

function openFile(rule: SourceRule, counts: Source['counts'], last: Row | null): OpenFile {
  switch (rule.kind) {
    case 'csv':
      return openCsv(rule, last);
    case 'jsonl':
      return openJsonl(rule, counts);
    case 'text':
      return openText(rule.step, readByPatterns(rule.patterns.map(({ source }) => source)), last);
    case 'format': {
      const { name, format, step, label } = rule;
      if (format !== 'lightning') return openText(step, lineFormats[format], last);
      return openCsv({ kind: 'csv', name, columns: null, step, separator: ',', rename: snakeCase, label: label ?? null }, last);
    }
    case 'json':
    case 'sqlite':
    case 'accelerators':
      throw new TypeError(`${rule.name}: ${rule.kind} is not read by lines`);
  }
}

/** Where the first line names the columns it also shows the separator, which no row gives back. */
function openCsv(rule: CsvRule, last: Row | null): OpenFile {
  const columns = rule.columns ?? (last === null ? null : columnsOf(rule, last));
  const layout: CsvLayout = { columns, separator: rule.separator ?? null };
  let mayNeedHead = rule.columns === null;
  return {
    needsHead: () => mayNeedHead && (layout.columns === null || layout.separator == null),
    read(chunk) {
      if (chunk.head != null) {
        const found = layoutOfHead(rule, chunk.head);
        layout.columns ??= found.columns;
        layout.separator ??= found.separator ?? null;
        mayNeedHead = false;
      }
      return readCsv(rule, layout, chunk);
    },
  };
}

function openJsonl(rule: JsonlRule, counts: Source['counts']): OpenFile {
  return { needsHead: () => false, read: (chunk, stepAt) => readJsonl(rule, { counts, stepAt }, chunk) };
}

function openText(step: string | null, readLine: ReadLine, last: Row | null): OpenFile {
  const memory: TextMemory = { last };
  return { needsHead: () => false, read: (chunk, stepAt) => readText({ step, readLine }, memory, stepAt, chunk) };
}

/** A record that has a column of this name keeps its own. */
function withLabel(file: OpenFile, label: string | null): OpenFile {
  if (label === null) return file;
  return {
    ...file,
    read(chunk, stepAt) {
      const reading = file.read(chunk, stepAt);
      const value = readLabel(chunk.label ?? '');
      for (const row of reading.rows) if (!Object.hasOwn(row.columns, label)) row.columns[label] = value;
      return reading;
    },
  };
}

function readLabel(text: string): number | string {
  return /^\d{1,15}$/.test(text) ? Number(text) : text;
}

function compileWhen(when: string | null): (columns: Columns) => boolean {
  if (when === null) return () => true;
  const compiled = compileExpression(when);
  if (!compiled.ok) return () => false;
  const { expression } = compiled;
  const names = new Set(expression.names.map(([name = '']) => name));
  return (columns) => {
    const scope: Columns = {};
    for (const name of names) if (Object.hasOwn(columns, name)) scope[name] = columns[name];
    const answer = expression.evaluate(scope);
    return 'value' in answer && answer.value === true;
  };
}
