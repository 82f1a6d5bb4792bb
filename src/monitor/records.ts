import { createHash } from 'node:crypto';
import { parseTime, replaceNotFinite } from './cells.ts';
import { replaceLiterals } from './json-text.ts';
import { skipLine, startReading, type Reading } from './reading.ts';

type Columns = Record<string, unknown>;

/** What a file that is read whole holds now. */
export interface Records {
  source: string;
  worker: number;
  attempt: number;
  generation: number;
  /** How many of this generation were taken in before, and the digest of the last of them. */
  taken: number;
  lastDigest: string | null;
  /** Or why nothing can be read, as text. */
  content: RecordRows | string;
  /** Wall clock, milliseconds. */
  readAt: number;
}

/** A list that grows, or one record that changes. */
export type RecordRows = { list: readonly Columns[] } | { one: Columns };

/** What is to be remembered of the file, and given with its next reading. */
export interface RecordsReading extends Pick<Records, 'generation' | 'taken' | 'lastDigest'> {
  reading: Reading;
}

/**
 * The records that are new. Of a list a row's place is its index: a list that became shorter, or whose last known record is another one, was written anew,
 * and is a new generation. Of a file with one record each change of it is a row.
 */
export function readRecords(records: Records, placeRow: (columns: Columns, at: number) => number | null): RecordsReading {
  const { content, taken, lastDigest, generation, readAt } = records;
  const reading = startReading();
  if (typeof content === 'string') {
    skipLine(reading, content);
    return { reading, generation, taken, lastDigest };
  }
  const take = (found: Columns, position: number) => {
    const columns = { ...found };
    reading.notFinite += replaceNotFinite(columns);
    const at = parseTime(columns['ts']) ?? readAt;
    reading.rows.push({ position, step: placeRow(columns, at), at, columns });
  };
  if ('one' in content) {
    const digest = digestOf(content.one);
    if (digest === lastDigest) return { reading, generation, taken, lastDigest };
    take(content.one, taken);
    return { reading, generation, taken: taken + 1, lastDigest: digest };
  }
  const { list } = content;
  const known = list[taken - 1];
  const isRewritten = taken > 0 && (known === undefined || digestOf(known) !== lastDigest);
  const from = isRewritten ? 0 : taken;
  for (const [index, columns] of list.slice(from).entries()) take(columns, from + index);
  return { ...describeEnd(content), reading, generation: isRewritten ? generation + 1 : generation };
}

/** How a file stands whose records are all taken in, or all of an older run. */
export function describeEnd(content: RecordRows): Pick<Records, 'taken' | 'lastDigest'> {
  if ('one' in content) return { taken: 0, lastDigest: digestOf(content.one) };
  const last = content.list.at(-1);
  return { taken: content.list.length, lastDigest: last === undefined ? null : digestOf(last) };
}

function digestOf(columns: Columns): string {
  return createHash('sha256').update(JSON.stringify(columns)).digest('hex').slice(0, 16);
}

/** The records of a JSON file at a dotted path, with NaN and Infinity as trainers write them; or why there are none, as text. */
export function parseJsonRows(bytes: Buffer, rows: string | null): RecordRows | string {
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
