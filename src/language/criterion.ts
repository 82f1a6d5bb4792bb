import type { ASTNode } from '@marcbachmann/cel-js';
import { Series } from './expression-environment.ts';
import { compileExpression, type Answer, type Compiled } from './expression.ts';
import { childrenOf, readPath } from './expression-names.ts';
import { writeExpression } from './expression-text.ts';
import { seriesFunctions, type Point } from './series.ts';

export interface SeriesName {
  source: string;
  column: string;
}

/** One side of a comparison that is read from metrics, as text, and what it came to; null when that is unknown. */
export interface Measured {
  text: string;
  value: number | null;
}

export interface CriterionAnswer {
  /** Null: unknown, and then `reason` says why. */
  holds: boolean | null;
  reason: string | null;
  /** One entry for each comparison, in the order of the source. A criterion with an expected band has exactly one. */
  measured: Measured[];
}

/** Points inside the criterion's window, in order; null when there is no such source or column. */
export type ReadSeries = (name: SeriesName) => readonly Point[] | null;

export interface CompiledCriterion {
  source: string;
  /** What it reads, each once. */
  series: SeriesName[];
  /** How many comparisons it makes with something measured. */
  comparisons: number;
  evaluate(read: ReadSeries): CriterionAnswer;
}

const comparisonOperators: readonly string[] = ['==', '!=', '<', '<=', '>', '>='];
const functionNames = Object.keys(seriesFunctions);

/** `p50(training.toks_per_s) >= 39`: a CEL expression that gives true or false, over functions of `source.column`. */
export function compileCriterion(source: string): Compiled<CompiledCriterion> {
  const compiled = compileExpression(source);
  if (!compiled.ok) return compiled;
  const { expression } = compiled;
  if (expression.type !== 'bool' && expression.type !== 'dyn') {
    return { ok: false, message: `expected a comparison, which is true or false; this gives a ${expression.type}`, column: 1 };
  }
  const found = findSeries(expression.ast);
  if ('message' in found) return { ok: false, ...found };
  const sides = findMeasuredSides(expression.ast).map((node) => writeExpression(node));
  const measures = sides.flatMap((text) => {
    const side = compileExpression(text);
    return side.ok ? [side.expression] : [];
  });
  return {
    ok: true,
    expression: {
      source,
      series: found.series,
      comparisons: sides.length,
      evaluate: (read) => {
        const scope = createScope(found.series, read);
        return {
          ...toVerdict(expression.evaluate(scope)),
          measured: measures.map((measure) => ({ text: measure.source, value: toNumber(measure.evaluate(scope)) })),
        };
      },
    },
  };
}

/** Every name must be `source.column` and stand inside a metric function. */
function findSeries(ast: ASTNode): { series: SeriesName[] } | { message: string; column: number } {
  const found = new Map<string, SeriesName>();
  const pending = [ast];
  for (let node = pending.pop(); node !== undefined; node = pending.pop()) {
    const argument = node.op === 'call' && functionNames.includes(node.args[0]) ? node.args[1][0] : undefined;
    const path = readPath(argument ?? node);
    if (argument === undefined && path === null) {
      pending.push(...[...childrenOf(node)].reverse());
      continue;
    }
    const [source, column, ...rest] = path ?? [];
    const column1 = (argument ?? node).start + 1;
    const text = writeExpression(argument ?? node);
    if (argument === undefined) {
      return { message: `"${text}" stands alone: expected a metric function (${functionNames.join(', ')})`, column: column1 };
    }
    if (source === undefined || column === undefined || rest.length > 0) {
      return { message: `expected a series written source.column, got "${text}"`, column: column1 };
    }
    found.set(JSON.stringify([source, column]), { source, column });
  }
  if (found.size === 0)
    return { message: 'expected at least one metric function of a series, such as last(training.loss)', column: 1 };
  return { series: [...found.values()] };
}

/** Of each comparison the side that reads a series; the left one when both do. */
function findMeasuredSides(node: ASTNode): ASTNode[] {
  if (!comparisonOperators.includes(node.op)) return childrenOf(node).flatMap(findMeasuredSides);
  const side = childrenOf(node).find(readsSeries);
  return side === undefined ? [] : [side];
}

function readsSeries(node: ASTNode): boolean {
  if (node.op === 'call' && functionNames.includes(node.args[0])) return true;
  return childrenOf(node).some(readsSeries);
}

function createScope(names: readonly SeriesName[], read: ReadSeries): Record<string, Record<string, Series>> {
  const scope: Record<string, Record<string, Series>> = {};
  for (const name of names) {
    const points = read(name);
    const columns = (scope[name.source] ??= {});
    if (points !== null) columns[name.column] = new Series(`${name.source}.${name.column}`, points);
  }
  return scope;
}

function toVerdict(answer: Answer): { holds: boolean | null; reason: string | null } {
  if ('unknown' in answer) return { holds: null, reason: answer.unknown };
  if (typeof answer.value === 'boolean') return { holds: answer.value, reason: null };
  return { holds: null, reason: `expected true or false, the expression gives ${JSON.stringify(answer.value)}` };
}

function toNumber(answer: Answer): number | null {
  return 'value' in answer && typeof answer.value === 'number' ? answer.value : null;
}
