import { Environment } from '@marcbachmann/cel-js';
import { seriesFunctions, type Measurable } from './series.ts';
import { measureDistance } from './series/by-step.ts';
import type { Measurement } from './series/reading.ts';
import { parseDuration, parseSize } from './units.ts';

/** A column of a metric inside an expression. */
export class SeriesValue {
  readonly name: string;
  readonly readings: Measurable;
  readonly now: number;

  constructor(name: string, readings: Measurable, now: number) {
    this.name = name;
    this.readings = readings;
    this.now = now;
  }
}

/** Why an expression has no answer. */
export class NoAnswer extends Error {}

/** Bytes of a size, seconds of a duration. */
export function readUnit(text: string): Measurement {
  for (const read of [(from: string) => parseSize(from).bytes, parseDuration]) {
    try {
      return { value: read(text) };
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
    }
  }
  return { unknown: `expected a size such as "40GB" or a duration such as "15m", got ${JSON.stringify(text)}` };
}

type Operation = (left: number, right: number) => number;

const operations: Readonly<Record<string, Operation>> = {
  '+': (left, right) => left + right,
  '-': (left, right) => left - right,
  '*': (left, right) => left * right,
  '/': (left, right) => left / right,
};

/** What an author may write. */
export const authorEnvironment = createEnvironment({ maxAstNodes: 250, maxDepth: 60, maxListElements: 100 });

/** Every function, method and macro that an author can call. */
export const functionNames: ReadonlySet<string> = new Set(authorEnvironment.getDefinitions().functions.map(({ name }) => name));

/** For the guarded form of the same expression, which is a little larger and deeper. */
export const guardedEnvironment = createEnvironment({ maxAstNodes: 1_000, maxDepth: 400, maxListElements: 100 })
  .registerFunction('finite(dyn): dyn', finite)
  .registerFunction('same(dyn, dyn): bool', same);

function createEnvironment(limits: { maxAstNodes: number; maxDepth: number; maxListElements: number }): Environment {
  const environment = new Environment({ unlistedVariablesAreDyn: true, homogeneousAggregateLiterals: false, limits })
    .registerType('Series', { ctor: SeriesValue, fields: {} })
    .registerFunction('unit(string): double', unit)
    .registerFunction('abs(double): double', Math.abs)
    .registerFunction('abs(int): int', (value: bigint) => (value < 0n ? -value : value))
    .registerFunction('distance(Series, Series): double', distance);
  for (const name of seriesFunctions) {
    environment.registerFunction(`${name}(Series): double`, ({ name: series, readings, now }: SeriesValue) =>
      known(series, readings.measure(name, now)),
    );
  }
  return registerMixedNumbers(environment);
}

function registerMixedNumbers(environment: Environment): Environment {
  for (const [operator, compute] of Object.entries(operations)) {
    const handler = (left: number | bigint, right: number | bigint) => compute(Number(left), Number(right));
    environment.registerOperator(`double ${operator} int: double`, handler);
    environment.registerOperator(`int ${operator} double: double`, handler);
  }
  // Stands for both orders, and for "!=".
  return environment.registerOperator('double == int: bool', (left: number, right: bigint) => left === Number(right));
}

function distance(one: SeriesValue, other: SeriesValue): number {
  const both = `${one.name} and ${other.name}`;
  for (const { name, readings, now } of [one, other]) {
    const missing = known(name, readings.measure('missing', now));
    if (missing > 0) throw new NoAnswer(`${name} has ${missing} readings without a value`);
  }
  const [left, right] = [one.readings.bySteps, other.readings.bySteps];
  return known(both, left === null || right === null ? { unknown: 'have no steps' } : measureDistance(left, right));
}

function known(of: string, measurement: Measurement): number {
  if ('unknown' in measurement) throw new NoAnswer(`${of} ${measurement.unknown}`);
  return measurement.value;
}

function unit(text: string): number {
  const read = readUnit(text);
  if ('unknown' in read) throw new NoAnswer(read.unknown);
  return read.value;
}

function finite(value: unknown): unknown {
  if (typeof value === 'number' && !Number.isFinite(value)) throw new NoAnswer(`the arithmetic gives ${value}`);
  return value;
}

function same(left: unknown, right: unknown): boolean {
  if (isNumber(left) && isNumber(right)) return Number(left) === Number(right);
  if (typeof left !== typeof right || left === null || right === null || typeof left === 'object') {
    throw new NoAnswer(`cannot compare ${describe(left)} with ${describe(right)}`);
  }
  return left === right;
}

function isNumber(value: unknown): value is number | bigint {
  return typeof value === 'number' || typeof value === 'bigint';
}

function describe(value: unknown): string {
  if (value === null) return 'a missing value';
  if (isNumber(value)) return `the number ${value}`;
  if (typeof value === 'string') return `the text ${JSON.stringify(value)}`;
  return typeof value === 'boolean' ? `${value}` : 'a list or map';
}
