import { parseStep, parseTime, replaceNotFinite } from './cells.ts';
import { findObjects, type FoundObject } from './json-text.ts';
import { visitLines } from './lines.ts';
import { excerpt, skipLine, startReading, type Chunk, type Reading } from './reading.ts';
import type { JsonlRule } from './rules.ts';

type Columns = Record<string, unknown>;

export interface JsonlJudge {
  /** Whether a record counts as progress. */
  counts(columns: Columns): boolean;
  /** Where a record belongs that has no step of its own, because the source has none. */
  stepAt(at: number): number | null;
}

const deepest = 32;

export function readJsonl(rule: JsonlRule, judge: JsonlJudge, chunk: Chunk): Reading {
  const reading = startReading();
  const lines = visitLines(chunk.bytes, (start, end) => {
    const text = chunk.bytes.toString('utf8', start, end);
    if (text.trim() !== '') readLine(text, chunk.offset + start);
  });
  reading.consumed = lines.consumed;
  for (let count = 0; count < lines.tooLong; count += 1) skipLine(reading, 'a line of more than 1 MiB');
  return reading;

  function readLine(text: string, position: number): void {
    const whole = parseObject(text);
    if (whole !== null) {
      readRecord(whole, position, 0);
      return;
    }
    const { objects, foreign } = findObjects(text);
    if (foreign !== null) skipLine(reading, `expected a JSON object, got "${excerpt(foreign)}"`);
    let before = 0;
    let place = position;
    for (const object of objects) {
      place += Buffer.byteLength(text.slice(before, object.start));
      before = object.start;
      readFound(object, place);
    }
  }

  function readFound(object: FoundObject, position: number): void {
    const columns = parseObject(object.text);
    if (columns === null) skipLine(reading, `expected a JSON object, got "${excerpt(object.text)}"`);
    else readRecord(columns, position, object.notFinite);
  }

  function readRecord(columns: Columns, position: number, notFinite: number): void {
    if (nestsDeeper(columns, deepest)) {
      skipLine(reading, `a record nested deeper than ${deepest}`);
      return;
    }
    reading.notFinite += notFinite + replaceNotFinite(columns);
    const at = parseTime(columns['ts']) ?? chunk.readAt;
    reading.rows.push({ position, step: placeRecord(columns, at), at, columns });
  }

  function placeRecord(columns: Columns, at: number): number | null {
    if (!judge.counts(columns)) return null;
    return rule.step === null ? judge.stepAt(at) : parseStep(columns[rule.step]);
  }
}

function parseObject(text: string): Columns | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Columns) : null;
  } catch {
    return null;
  }
}

function nestsDeeper(value: unknown, limit: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return limit === 0 || Object.values(value).some((inner) => nestsDeeper(inner, limit - 1));
}
