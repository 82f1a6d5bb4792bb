import { EvaluationError, ParseError, type ASTNode, type ParseResult } from '@marcbachmann/cel-js';
import { messageOf } from '../errors.ts';
import { authorEnvironment, guardedEnvironment, NoAnswer, SeriesValue } from './expression-environment.ts';
import { findNames, findRefusal } from './expression-names.ts';
import { writeExpression, writeGuardedExpression } from './expression-text.ts';

const longestSource = 2_000;
const deepestValue = 16;

export type Scope = Record<string, unknown>;

/** What an expression can give. Numbers are plain numbers, never BigInt. */
export type Value = string | number | boolean | null | Value[] | { [key: string]: Value };

/** `unknown` when a name, a key or an operation on such values is missing, or a number is not finite. It is never taken for false. */
export type Answer = { value: Value } | { unknown: string };

export interface Expression {
  source: string;
  ast: ASTNode;
  /** What it gives, as far as that is known without a scope: `bool`, `double`, `string`, else `dyn`. */
  type: string;
  /** What it reads from its scope, as `["params", "steps"]`; each once, in the order of the source. */
  names: string[][];
  evaluate(scope: Scope): Answer;
}

/** `column` counts from 1 inside the source. */
export type Compiled<T> = { ok: true; expression: T } | { ok: false; message: string; column: number };

/** CEL. Never throws: what is wrong with the source is part of the answer. */
export function compileExpression(source: string): Compiled<Expression> {
  if (source.length > longestSource) return refuse(`expected at most ${longestSource} characters, got ${source.length}`, 0);
  if (source.trim() === '') return refuse('expected an expression, got nothing', 0);
  try {
    const { ast } = authorEnvironment.parse(source);
    const refusal = findRefusal(ast);
    if (refusal !== null) return refuse(refusal.message, refusal.start);
    const { error, type = 'dyn' } = authorEnvironment.check(source);
    if (error !== undefined) return refuse(lowerFirst(error.summary), error.range?.start ?? 0);
    const guarded = guardedEnvironment.parse(writeGuardedExpression(ast));
    return { ok: true, expression: { source, ast, type, names: findNames(ast), evaluate: (scope) => evaluate(guarded, scope) } };
  } catch (error) {
    if (error instanceof ParseError) return refuse(lowerFirst(error.summary), error.range?.start ?? 0);
    throw error;
  }
}

function refuse(message: string, start: number): { ok: false; message: string; column: number } {
  return { ok: false, message, column: start + 1 };
}

function evaluate(guarded: ParseResult, scope: Scope): Answer {
  try {
    const result: unknown = guarded(Object.fromEntries(keepKnown(scope, 0)));
    const value = toValue(result, 0);
    return value === undefined ? { unknown: 'the result is no number, text, truth value, list or map' } : { value };
  } catch (error) {
    return { unknown: explain(error) };
  }
}

function explain(error: unknown): string {
  if (error instanceof NoAnswer) return error.message;
  if (!(error instanceof EvaluationError)) return `the expression cannot be evaluated: ${messageOf(error)}`;
  if (error.code !== 'unknown_variable' && error.code !== 'no_such_key') return lowerFirst(error.summary);
  return `${error.node === undefined ? lowerFirst(error.summary) : writeExpression(error.node)} is not known`;
}

/** Leaves out what is not a value, so that reading it is an error: NaN, infinities, undefined. */
function keepKnown(scope: object, depth: number): [string, unknown][] {
  return Object.entries(scope).flatMap(([key, value]): [string, unknown][] => {
    const known = toKnown(value, depth + 1);
    return known === undefined ? [] : [[key, known]];
  });
}

function toKnown(value: unknown, depth: number): unknown {
  if (depth > deepestValue) return undefined;
  if (typeof value === 'number') return Number.isFinite(value) ? value : undefined;
  if (typeof value !== 'object' || value === null || value instanceof SeriesValue) return value;
  if (!Array.isArray(value)) return Object.fromEntries(keepKnown(value, depth));
  const items = value.map((item: unknown) => toKnown(item, depth + 1));
  return items.includes(undefined) ? undefined : items;
}

function toValue(result: unknown, depth: number): Value | undefined {
  if (depth > deepestValue) return undefined;
  if (typeof result === 'bigint') return Number(result);
  if (typeof result === 'number') return Number.isFinite(result) ? result : undefined;
  if (typeof result === 'string' || typeof result === 'boolean' || result === null) return result;
  if (Array.isArray(result)) return allOrNothing(result.map((item: unknown) => toValue(item, depth + 1)));
  if (typeof result !== 'object' || Object.getPrototypeOf(result) !== Object.prototype) return undefined;
  const values = allOrNothing(Object.values(result).map((item: unknown) => toValue(item, depth + 1)));
  return values && Object.fromEntries(Object.keys(result).map((key, index) => [key, values[index] ?? null]));
}

function allOrNothing(values: (Value | undefined)[]): Value[] | undefined {
  return values.every((value) => value !== undefined) ? values : undefined;
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}
