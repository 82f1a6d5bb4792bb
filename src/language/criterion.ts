import type { ASTNode } from '@marcbachmann/cel-js';
import { compileExpression, type Answer, type Compiled, type Expression } from './expression.ts';
import { SeriesValue } from './expression-environment.ts';
import { childrenOf, readPath } from './expression-names.ts';
import { writeExpression } from './expression-text.ts';
import { pairFunctions, seriesFunctions, type Measurable, type SeriesFunction } from './series.ts';

export interface SeriesName {
  source: string;
  column: string;
}

/** A series with all that is asked of it. */
export interface SeriesUse extends SeriesName {
  functions: ReadonlySet<SeriesFunction>;
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

/** Readings inside the criterion's window; null when there is no such source or column. */
export type ReadSeries = (name: SeriesName) => Measurable | null;

interface Circumstances {
  /** Milliseconds on the clock of the readings. */
  now: number;
  /** How far past its limit a value still holds, as a part of the limit. Only of a criterion with `hasLimit`. */
  margin?: number;
}

export interface CompiledCriterion {
  source: string;
  /** What it reads, each once. */
  series: SeriesUse[];
  /** How many comparisons it makes with something measured. */
  comparisons: number;
  /** Whether all of it is one comparison by `<`, `<=`, `>` or `>=`. */
  hasLimit: boolean;
  evaluate(read: ReadSeries, circumstances: Circumstances): CriterionAnswer;
}

const comparisonOperators: readonly string[] = ['==', '!=', '<', '<=', '>', '>='];
const limitOperators: readonly string[] = ['<', '<=', '>', '>='];
const functionNames: readonly string[] = [...seriesFunctions, ...pairFunctions];

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
  const comparisons = findComparisons(expression.ast);
  const measures = comparisons.flatMap(({ measured }) => compileSide(measured));
  const [limit] = limitOperators.includes(expression.ast.op) ? comparisons.flatMap(({ limit: side }) => compileSide(side)) : [];
  return {
    ok: true,
    expression: {
      source,
      series: found.series,
      comparisons: comparisons.length,
      hasLimit: limit !== undefined,
      evaluate(read, { now, margin = 0 }) {
        const scope = createScope(found.series, read, now);
        const measured = measures.map((measure) => ({ text: measure.source, value: toNumber(measure.evaluate(scope)) }));
        const verdict = toVerdict(expression.evaluate(scope));
        const bound = margin === 0 || limit === undefined ? null : toNumber(limit.evaluate(scope));
        const value = measured[0]?.value ?? null;
        const isClose = bound !== null && value !== null && Math.abs(value - bound) <= margin * Math.abs(bound);
        return { ...verdict, holds: verdict.holds === null ? null : verdict.holds || isClose, measured };
      },
    },
  };
}

function compileSide(node: ASTNode): Expression[] {
  const side = compileExpression(writeExpression(node));
  return side.ok ? [side.expression] : [];
}

/** Every name must be `source.column` and stand inside a metric function. */
function findSeries(ast: ASTNode): { series: SeriesUse[] } | { message: string; column: number } {
  const found = new Map<string, SeriesName & { functions: Set<SeriesFunction> }>();
  const pending = [ast];
  for (let node = pending.pop(); node !== undefined; node = pending.pop()) {
    const name = functionOf(node);
    if (name === null && readPath(node) === null) {
      pending.push(...[...childrenOf(node)].reverse());
      continue;
    }
    if (name === null) {
      const message = `"${writeExpression(node)}" stands alone: expected a metric function (${functionNames.join(', ')})`;
      return { message, column: node.start + 1 };
    }
    for (const argument of childrenOf(node)) {
      const [source, column, ...rest] = readPath(argument) ?? [];
      if (source === undefined || column === undefined || rest.length > 0) {
        const message = `expected a series written source.column, got "${writeExpression(argument)}"`;
        return { message, column: argument.start + 1 };
      }
      const key = JSON.stringify([source, column]);
      const use = found.get(key) ?? { source, column, functions: new Set() };
      found.set(key, use);
      use.functions.add(name);
    }
  }
  if (found.size === 0)
    return { message: 'expected at least one metric function of a series, such as last(training.loss)', column: 1 };
  return { series: [...found.values()] };
}

function functionOf(node: ASTNode): SeriesFunction | null {
  if (node.op !== 'call') return null;
  const [called] = node.args;
  return [...seriesFunctions, ...pairFunctions].find((name) => name === called) ?? null;
}

/** Of each comparison the side that reads a series, the left one when both do, and the other side. */
function findComparisons(node: ASTNode): { measured: ASTNode; limit: ASTNode }[] {
  if (!comparisonOperators.includes(node.op)) return childrenOf(node).flatMap(findComparisons);
  const [left, right] = childrenOf(node);
  if (left === undefined || right === undefined) return [];
  if (readsSeries(left)) return [{ measured: left, limit: right }];
  return readsSeries(right) ? [{ measured: right, limit: left }] : [];
}

function readsSeries(node: ASTNode): boolean {
  return functionOf(node) !== null || childrenOf(node).some(readsSeries);
}

function createScope(names: readonly SeriesName[], read: ReadSeries, now: number): Record<string, Record<string, SeriesValue>> {
  const scope: Record<string, Record<string, SeriesValue>> = {};
  for (const name of names) {
    const readings = read(name);
    const columns = (scope[name.source] ??= {});
    if (readings !== null) columns[name.column] = new SeriesValue(`${name.source}.${name.column}`, readings, now);
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
