import { isKnownTo } from './fields.ts';
import type { Field } from './fields.ts';

export interface QueryFormat {
  header: boolean;
  units: boolean;
}

export type QueryAnswer = { lines: string[] } | { unknownField: string };

/** Answers `--query-…=NAMES --format=csv…` for these rows. One unknown name fails the whole query. */
export function answerQuery<Row>(
  names: string[],
  fields: readonly Field<Row>[],
  rows: Row[],
  format: QueryFormat,
  driver: string,
): QueryAnswer {
  const columns: Field<Row>[] = [];
  for (const name of names) {
    const field = fields.find((each) => each.names.includes(name));
    if (field === undefined || !isKnownTo(driver, name)) return { unknownField: name };
    columns.push(field);
  }
  const header = columns.map((field) => headingOf(field, driver) + (field.unit === null ? '' : ` [${field.unit}]`)).join(', ');
  const lines = rows.map((row) => columns.map((field) => formatValue(field, row, format)).join(', '));
  return { lines: format.header ? [header, ...lines] : lines };
}

/** `csv`, `csv,noheader`, `csv,noheader,nounits`, in any order; null when it is something else. */
export function parseFormat(text: string): QueryFormat | null {
  const words = text.split(',').map((word) => word.trim());
  if (!words.includes('csv') || words.some((word) => !['csv', 'noheader', 'nounits'].includes(word))) return null;
  return { header: !words.includes('noheader'), units: !words.includes('nounits') };
}

function headingOf<Row>({ names }: Field<Row>, driver: string): string {
  return names.find((name) => isKnownTo(driver, name)) ?? '';
}

function formatValue<Row>(field: Field<Row>, row: Row, format: QueryFormat): string {
  const value = field.read(row);
  return field.unit === null || !format.units || value.startsWith('[') ? value : `${value} ${field.unit}`;
}
