import { readWhole } from '../numbers.ts';
import { readJsonAfterText } from './json.ts';

/** One card as rocm-smi tells it: its number, and values by their names, which are lower case here since they changed over the versions. */
export interface RocmCard {
  index: number;
  values: ReadonlyMap<string, string>;
}

export interface RocmListing {
  cards: RocmCard[];
  /** Of the whole system, as `driver version`. */
  system: ReadonlyMap<string, string>;
  /** Lines that are of no card. */
  others: string[];
  /** Whether it is an answer of rocm-smi at all, be it of no card. */
  isList: boolean;
}

/** What rocm-smi printed in any of its forms: JSON, CSV, or lines as `GPU[0] : Card series: ...`. Warnings may stand before and between. */
export function parseRocmSmi(text: string): RocmListing {
  const { value, before } = readJsonAfterText(text);
  if (isRecord(value)) return readDocument(value, before);
  const csv = readCsv(text);
  return csv ?? readLines(text);
}

function readDocument(document: Record<string, unknown>, others: string[]): RocmListing {
  const cards = Object.entries(document).flatMap(([name, values]): RocmCard[] => {
    const index = readIndex(name);
    return index === null || !isRecord(values) ? [] : [{ index, values: readValues(values) }];
  });
  return { cards, system: isRecord(document['system']) ? readValues(document['system']) : new Map(), others, isList: true };
}

function readValues(record: Record<string, unknown>): Map<string, string> {
  const texts = Object.entries(record).flatMap(([name, value]): [string, string][] =>
    typeof value === 'string' || typeof value === 'number' ? [[name.toLowerCase(), String(value).trim()]] : [],
  );
  return new Map(texts);
}

/** Null when there is no such table. No value holds a comma: where JSON has "Devices, Inc.", this form has "Devices Inc.". */
function readCsv(text: string): RocmListing | null {
  const lines = text.split('\n').map((line) => line.trim());
  const at = lines.findIndex((line) => line.startsWith('device,'));
  if (at < 0) return null;
  const names = (lines[at] ?? '').split(',').map((name) => name.toLowerCase());
  const others = lines.slice(0, at).filter(Boolean);
  const listing = { cards: [] as RocmCard[], system: new Map<string, string>(), others, isList: true };
  for (const line of lines.slice(at + 1)) {
    const cells = line.split(',');
    const index = readIndex(cells[0] ?? '');
    const values = new Map(names.map((name, column) => [name, (cells[column] ?? '').trim()] as const));
    if (index !== null) listing.cards.push({ index, values });
    else if (line !== '') listing.others.push(line);
  }
  return listing;
}

function readLines(text: string): RocmListing {
  const cards = new Map<number, Map<string, string>>();
  const system = new Map<string, string>();
  const others: string[] = [];
  for (const line of text.split('\n').map((part) => part.trim())) {
    const [, digits, name = '', value = ''] = /^GPU\[(\d+)\]\s*:\s*(.+?):\s*(.*)$/.exec(line) ?? [];
    const index = readWhole(digits);
    const driver = /^Driver version:\s*(\S+)$/i.exec(line)?.[1];
    if (index !== null) {
      const values = cards.get(index) ?? new Map<string, string>();
      cards.set(index, values.set(name.toLowerCase(), value.trim()));
    } else if (driver !== undefined) system.set('driver version', driver);
    else if (line !== '' && !/^=+[^=]*=+$/.test(line)) others.push(line);
  }
  const isList = cards.size > 0 || text.includes('End of ROCm SMI Log');
  return { cards: [...cards].map(([index, values]) => ({ index, values })), system, others, isList };
}

/** Of `card0`. */
function readIndex(name: string): number | null {
  return readWhole(/^card(\d+)$/.exec(name)?.[1]);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
