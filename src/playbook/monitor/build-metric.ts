import type { YamlPath } from '../../yaml.ts';
import type { MetricSource } from './monitor.ts';
import type { Reader } from '../reader.ts';
import { take } from '../sections.ts';
import { metricSchema } from './metric-schema.ts';
import { findLabel, refuseLabel } from './path-label.ts';

/** Columns that sampling an accelerator gives. */
const acceleratorColumns = ['index', 'memory_used', 'utilization', 'temperature', 'power'];

/** Columns of the ready-made formats that always have the same. */
const formatColumns: Readonly<Record<string, readonly string[]>> = {
  nanogpt: ['step', 'steps', 'train_loss', 'val_loss', 'train_time_ms', 'step_avg_ms', 'time_ms', 'mfu'],
  'llm-c': ['step', 'train_loss', 'val_loss', 'eval', 'lr', 'grad_norm'],
};

export function buildMetric(reader: Reader, name: string, value: unknown): MetricSource[] {
  const path = ['monitor', 'metrics', name];
  const file = take(metricSchema, value);
  if (file === null) return [];
  if ('accelerators' in file) {
    const everySeconds = reader.duration([...path, 'accelerators'], file.accelerators);
    if (everySeconds < 1)
      reader.report([...path, 'accelerators'], `expected at least 1s, got ${JSON.stringify(file.accelerators)}`);
    return [{ kind: 'accelerators', name, everySeconds }];
  }
  if ('jsonl' in file) {
    if (file.when !== undefined) reader.expression([...path, 'when'], file.when);
    const label = findLabel(reader, [...path, 'jsonl'], file.jsonl);
    return [{ kind: 'jsonl', name, path: file.jsonl, step: file.step ?? null, when: file.when ?? null, label }];
  }
  if ('text' in file) return [buildText(reader, path, name, file)];
  if ('format' in file) {
    const label = findLabel(reader, [...path, 'path'], file.path);
    return [{ kind: 'format', name, path: file.path, format: file.format, step: file.step ?? 'step', label }];
  }
  if ('json' in file) {
    refuseLabel(reader, [...path, 'json'], file.json);
    if (file.rows !== undefined && /^\.|\.\.|\.$/.test(file.rows))
      reader.report([...path, 'rows'], `expected keys with dots between them, got ${JSON.stringify(file.rows)}`);
    return [{ kind: 'json', name, path: file.json, rows: file.rows ?? null, step: file.step ?? null }];
  }
  if ('sqlite' in file) {
    refuseLabel(reader, [...path, 'sqlite'], file.sqlite);
    if (!/^\s*(select|with)\b[^;]*;?\s*$/is.test(file.query))
      reader.report([...path, 'query'], `expected one SELECT, got ${JSON.stringify(file.query)}`);
    return [{ kind: 'sqlite', name, path: file.sqlite, query: file.query, step: file.step ?? null }];
  }
  return [buildCsv(reader, path, name, file)];
}

/** Null: not known before the file is read. */
export function columnsOf(source: MetricSource | undefined): readonly string[] | null {
  switch (source?.kind) {
    case 'accelerators':
      return acceleratorColumns;
    case 'csv':
      return source.columns === null ? null : [...new Set(source.columns), ...labelOf(source)];
    case 'text':
      return [...new Set(source.patterns.flatMap(({ groups }) => groups)), ...labelOf(source)];
    case 'format': {
      const columns = formatColumns[source.format];
      return columns === undefined ? null : [...columns, ...labelOf(source)];
    }
    case undefined:
    case 'jsonl':
    case 'json':
    case 'sqlite':
      return null;
  }
}

function labelOf({ label }: { label?: string | null }): string[] {
  return label == null ? [] : [label];
}

interface CsvFile {
  csv: string;
  columns?: string[] | undefined;
  step?: string | undefined;
  separator?: string | undefined;
}

function buildCsv(reader: Reader, path: YamlPath, name: string, file: CsvFile): MetricSource {
  const { columns = null, step = 'step' } = file;
  const label = findLabel(reader, [...path, 'csv'], file.csv);
  for (const [index, column] of (columns ?? []).entries()) {
    if (columns?.indexOf(column) !== index)
      reader.report([...path, 'columns', index], `a second column is called ${JSON.stringify(column)}`);
    if (column === label)
      reader.report([...path, 'columns', index], `${JSON.stringify(column)} is the column that the path of the file gives`);
  }
  if (columns !== null && !columns.includes(step)) {
    reader.reportUnknown([...path, file.step === undefined ? 'columns' : 'step'], 'column for the step', step, [
      ...new Set(columns),
    ]);
  }
  const separator = file.separator === 'tab' ? '\t' : (file.separator ?? null);
  return { kind: 'csv', name, path: file.csv, columns, step, separator, label };
}

interface TextFile {
  text: string;
  pattern: string | string[];
  step?: string | undefined;
}

/** Without a column for the step, one that is called so is taken; where there is none, rows are placed by their time. */
function buildText(reader: Reader, path: YamlPath, name: string, file: TextFile): MetricSource {
  const label = findLabel(reader, [...path, 'text'], file.text);
  const sources = [file.pattern].flat();
  const patterns = sources.map((source, index) => {
    const place = Array.isArray(file.pattern) ? [...path, 'pattern', index] : [...path, 'pattern'];
    const groups = reader.pattern(place, source)?.groups ?? null;
    if (groups?.length === 0)
      reader.report(place, `expected named groups such as "(?<loss>\\S+)", which are the columns; there is none`);
    if (label !== null && groups?.includes(label) === true)
      reader.report(place, `${JSON.stringify(label)} is the column that the path of the file gives`);
    return { source, groups: groups ?? [] };
  });
  const groups = [...new Set(patterns.flatMap((pattern) => pattern.groups))];
  if (file.step !== undefined && !groups.includes(file.step))
    reader.reportUnknown([...path, 'step'], 'named group for the step', file.step, groups);
  const step = file.step ?? (groups.includes('step') ? 'step' : null);
  return { kind: 'text', name, path: file.text, patterns, step, label };
}
