import { parseRange } from '../../language/range.ts';
import type { YamlPath } from '../../yaml.ts';
import type { Reader } from '../reader.ts';
import type { Condition } from './entry.ts';
import type { ConditionFile } from './entry-schema.ts';

export function buildConditions(
  reader: Reader,
  path: YamlPath,
  file: Readonly<Record<string, ConditionFile>>,
): Record<string, Condition> {
  if (Object.keys(file).length === 0) reader.report(path, 'expected at least one name with what it is held to');
  return Object.fromEntries(
    Object.entries(file).map(([name, condition]) => [name, buildCondition(reader, [...path, name], condition)]),
  );
}

export function buildCondition(reader: Reader, path: YamlPath, file: ConditionFile): Condition {
  if (typeof file !== 'object') return { kind: 'equals', value: file };
  const { 'one-of': values, within, matches, set } = file;
  if (Object.keys(file).length !== 1) reader.report(path, 'expected a value, or one of "one-of", "within", "matches" and "set"');
  if (values !== undefined) return { kind: 'one-of', values };
  if (within !== undefined) return { kind: 'within', range: reader.range([...path, 'within'], within, parseRange) };
  if (matches !== undefined) {
    reader.pattern([...path, 'matches'], matches);
    return { kind: 'matches', pattern: matches };
  }
  return { kind: 'set', set: set ?? true };
}
