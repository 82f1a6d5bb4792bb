import { compileCriterion, type CompiledCriterion } from '../language/criterion.ts';
import { parseBand } from '../language/range.ts';
import type { YamlPath } from '../yaml.ts';
import type { ReadActions } from './build-actions.ts';
import type { Criterion, Window } from './playbook.ts';
import { describeExpression, type Reader } from './reader.ts';
import { criterionSchema } from './schema.ts';
import { take } from './sections.ts';

/** Reports a series that no source of the playbook has. */
export type FindSeries = (path: YamlPath, source: string, column: string) => void;

export interface Surroundings {
  /** Of the criteria so far. */
  names: Set<string>;
  findSeries: FindSeries;
  readActions: ReadActions;
}

export function buildCriterion(reader: Reader, path: YamlPath, item: unknown, around: Surroundings): Criterion[] {
  const file = take(criterionSchema, item);
  if (file === null) return [];
  if (around.names.has(file.criterion)) {
    reader.report([...path, 'criterion'], `a second criterion is called ${JSON.stringify(file.criterion)}`);
  }
  around.names.add(file.criterion);
  const compiled = compileCriterion(file.expr);
  if (!compiled.ok) reader.report([...path, 'expr'], describeExpression(file.expr, compiled));
  else checkMeasures(reader, path, compiled.expression, file.expected !== undefined, around);
  return [
    {
      name: file.criterion,
      expr: file.expr,
      window: readWindow(reader, [...path, 'window'], file.window),
      expected: file.expected === undefined ? null : reader.range([...path, 'expected'], file.expected, parseBand),
      severity: file.severity ?? 'red',
      then: around.readActions([...path, 'then'], file.then ?? []),
      line: reader.line(path),
    },
  ];
}

function checkMeasures(
  reader: Reader,
  path: YamlPath,
  criterion: CompiledCriterion,
  hasBand: boolean,
  around: Surroundings,
): void {
  for (const { source, column } of criterion.series) around.findSeries([...path, 'expr'], source, column);
  if (hasBand && criterion.comparisons !== 1) {
    reader.report(
      [...path, 'expected'],
      `a band needs one comparison to belong to, and the expression has ${criterion.comparisons}`,
      { part: 'key' },
    );
  }
}

function readWindow(reader: Reader, path: YamlPath, text: string | undefined): Window {
  if (text === undefined) return { kind: 'whole' };
  const match = /^steps\s+(\d{1,15})\s*\.\.\s*(\d{1,15})$/.exec(text.trim());
  if (match === null) {
    reader.report(
      path,
      `not yet: a window other than "steps 20..100", got ${JSON.stringify(text)}; without one the whole run counts`,
    );
    return { kind: 'whole' };
  }
  const [from, to] = [Number(match[1]), Number(match[2])];
  if (from > to) reader.report(path, `expected the smaller step first, got ${JSON.stringify(text)}`);
  return { kind: 'steps', from, to };
}
