import { isWithin } from '../../language/range.ts';
import { compilePattern } from '../../language/pattern.ts';
import { mayNameSecret } from '../../language/secret-name.ts';
import type { Condition } from '../../playbook/entries/entry.ts';
import type { Result } from './deeds/result.ts';

/** Names with what they are held to, against what `find` gives for each; undefined is nothing there. */
export function judgeConditions(expect: Readonly<Record<string, Condition>>, find: (name: string) => unknown): Result {
  const names = Object.entries(expect);
  const expected = names.map(([name, condition]) => `${name} ${describeCondition(condition)}`).join(', ');
  const other = names.filter(([name, condition]) => !holds(condition, find(name)));
  if (other.length === 0) return { result: 'pass', expected, observed: 'all as expected', message: null };
  const observed = other.map(([name, condition]) => `${name} ${showFound(name, condition, find(name))}`).join(', ');
  return { result: 'fail', expected, observed, message: null };
}

/** Numbers are compared as numbers, also where the file or the environment has them as text: 2.0e-4 is 0.0002. */
export function holds(condition: Condition, found: unknown): boolean {
  switch (condition.kind) {
    case 'equals':
      return equals(found, condition.value);
    case 'one-of':
      return condition.values.some((value) => equals(found, value));
    case 'within': {
      const number = toNumber(found);
      return number !== null && isWithin(condition.range, number);
    }
    case 'matches': {
      const compiled = compilePattern(condition.pattern);
      return compiled.ok && isScalar(found) && compiled.pattern.test(String(found));
    }
    case 'set':
      return (found !== undefined && found !== null && found !== '') === condition.set;
  }
}

export function describeCondition(condition: Condition): string {
  switch (condition.kind) {
    case 'equals':
      return `= ${condition.value}`;
    case 'one-of':
      return `one of ${condition.values.join(', ')}`;
    case 'within':
      return `within ${condition.range.text}`;
    case 'matches':
      return `like ${condition.pattern}`;
    case 'set':
      return condition.set ? 'set' : 'not set';
  }
}

/** What is only asked for being there is never shown, nor what has the name of a secret. */
function showFound(name: string, condition: Condition, found: unknown): string {
  if (condition.kind === 'set') return condition.set ? 'is not set' : 'is set';
  const shown = found === undefined ? 'nothing' : mayNameSecret(name) ? '****' : show(found);
  if (condition.kind !== 'equals') return `= ${shown}`;
  // A number and its text look alike.
  const wanted = typeof found === typeof condition.value ? condition.value : show(condition.value);
  return `= ${shown} instead of ${wanted}`;
}

function show(value: unknown): string {
  return typeof value === 'number' ? String(value) : JSON.stringify(value);
}

function equals(found: unknown, expected: string | number | boolean): boolean {
  return typeof expected === 'number' ? toNumber(found) === expected : found === expected;
}

function toNumber(found: unknown): number | null {
  const number = typeof found === 'string' && found.trim() !== '' ? Number(found) : found;
  return typeof number === 'number' && Number.isFinite(number) ? number : null;
}

function isScalar(value: unknown): value is string | number | boolean {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
}
