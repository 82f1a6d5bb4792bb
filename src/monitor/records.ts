import { parseStep, parseTime, replaceNotFinite } from './cells.ts';
import { replaceLiterals } from './json-text.ts';
import { startReading, type Reading, type Row } from './reading.ts';

type Columns = Record<string, unknown>;

/** What a file that is read whole holds now. */
export interface Records {
  source: string;
  worker: number;
  attempt: number;
  generation: number;
  /** How many of this generation were taken in before. */
  taken: number;
  /** Null: the file is one record, which changes. */
  list: readonly Columns[] | null;
  one?: Columns;
  /** Wall clock, milliseconds. */
  readAt: number;
}

export interface RecordsReading {
  reading: Reading;
  generation: number;
  taken: number;
}

/**
 * The records that are new. Of a list a row's place is its index: a list that became shorter, or whose last known record is another one, was written anew,
 * and is a new generation. Of a file with one record each change of it is a row.
 */
export function readRecords(
  records: Records,
  last: Row | null,
  placeRow: (columns: Columns, at: number) => number | null,
): RecordsReading {
  const { list, taken, generation, readAt } = records;
  const reading = startReading();
  const take = (found: Columns, position: number) => {
    const columns = { ...found };
    reading.notFinite += replaceNotFinite(columns);
    const at = parseTime(columns['ts']) ?? readAt;
    reading.rows.push({ position, step: placeRow(columns, at), at, columns });
  };
  if (list === null) {
    const one = records.one ?? {};
    if (last !== null && isSame(one, last.columns)) return { reading, generation, taken };
    take(one, taken);
    return { reading, generation, taken: taken + 1 };
  }
  const known = list[taken - 1];
  const isRewritten = taken > 0 && (known === undefined || (last !== null && !isSame(known, last.columns)));
  const from = isRewritten ? 0 : taken;
  for (const [index, columns] of list.slice(from).entries()) take(columns, from + index);
  return { reading, generation: isRewritten ? generation + 1 : generation, taken: list.length };
}

function isSame(left: Columns, right: Columns): boolean {
  return JSON.stringify(left) === JSON.stringify(right);
}

export type JsonRows = { list: Columns[] } | { one: Columns };

/** The records of a JSON file at a dotted path, with NaN and Infinity as trainers write them; or why there are none, as text. */
export function parseJsonRows(bytes: Buffer, rows: string | null): JsonRows | string {
  const text = bytes.toString('utf8').replace(/^\ufeff/, '');
  const parsed = parse(text) ?? parse(replaceLiterals(text));
  if (parsed === null) return 'expected JSON, and it is none';
  const found = rows === null ? parsed.value : follow(parsed.value, rows.split('.'));
  if (Array.isArray(found)) {
    const list = found.filter(isObject);
    return list.length === found.length ? { list } : `expected a list of objects at "${rows ?? ''}", and it has others`;
  }
  if (isObject(found)) return { one: found };
  return rows === null ? 'expected an object or a list of objects' : `expected an object or a list of objects at "${rows}"`;
}

function parse(text: string): { value: unknown } | null {
  try {
    return { value: JSON.parse(text) as unknown };
  } catch {
    return null;
  }
}

function follow(value: unknown, keys: string[]): unknown {
  let found = value;
  for (const key of keys) found = isObject(found) && Object.hasOwn(found, key) ? found[key] : undefined;
  return found;
}

function isObject(value: unknown): value is Columns {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function placeByStep(
  step: string | null,
  stepAt: (at: number) => number | null,
): (columns: Columns, at: number) => number | null {
  return (columns, at) => (step === null ? stepAt(at) : parseStep(columns[step]));
}
