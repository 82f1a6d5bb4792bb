import type { z } from 'zod';
import type { Problem } from '../problem.ts';
import { sortProblems, type YamlDocument, type YamlPath } from '../yaml.ts';
import { nearestName } from './nearest.ts';

type Issue = z.core.$ZodIssue;
type RawIssue = z.core.$ZodRawIssue;

/** An issue that a person can act on. `expected` is set when the value's type alone was wrong, so that alternatives can be joined. */
interface Finding {
  path: YamlPath;
  part: 'key' | 'value';
  message: string;
  suggestion: string | null;
  expected: string | null;
  /** How far the value is from what was wanted; for choosing between alternatives. */
  weight: number;
}

/**
 * Holds a document to a schema: its value, or every problem with its place, in the order of the file.
 * Where a schema offers alternatives, the problems are those of the alternative that fits best.
 * `value` is what the document came to when it was filled in; its places are the document's.
 */
export function checkSchema<T>(
  schema: z.ZodType<T>,
  document: YamlDocument,
  value: unknown = document.value,
): { value: T | null; problems: Problem[] } {
  const knownKeys: KnownKeys = new WeakMap();
  const result = schema.safeParse(value, { error: (issue) => describe(issue, knownKeys) });
  if (result.success) return { value: result.data, problems: [] };
  const findings = find(result.error.issues, [], value, knownKeys);
  const problems = findings.map(({ path, part, message, suggestion }) => document.problem(path, message, { part, suggestion }));
  return { value: null, problems: sortProblems(problems) };
}

/** `did you mean "monitor"?`, or null when nothing is near. */
export function suggestName(name: string, candidates: Iterable<string>): string | null {
  const nearest = nearestName(name, candidates);
  return nearest === null ? null : `did you mean ${JSON.stringify(nearest)}?`;
}

/** A value as messages show it: text in quotes and cut short, lists and mappings by their kind. */
export function showValue(value: unknown): string {
  if (value === null) return 'nothing';
  if (value === undefined) return 'nothing at all';
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : 'a list';
  if (typeof value === 'object') return 'a mapping';
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  const text = typeof value === 'string' ? JSON.stringify(value) : typeof value;
  return text.length <= longestShown ? text : `${text.slice(0, longestShown)}…`;
}

const longestShown = 80;

/** Stands for a message that needs the value's place in the document. */
const writtenLater = '';

/** Which keys an object schema knows, by the `keys` list of the issue that named unknown ones: an issue itself does not say. */
type KnownKeys = WeakMap<object, string[]>;

/** The message of an issue whose schema has none of its own. The parser calls this while it still holds value and schema. */
function describe(issue: RawIssue, knownKeys: KnownKeys): string {
  const got = showValue(issue.input);
  switch (issue.code) {
    case 'invalid_type':
      return expectation(nameType(issue.expected), issue.input);
    case 'unrecognized_keys':
      knownKeys.set(issue.keys, listKeys(issue.inst));
      return 'unknown key';
    case 'too_small':
      return `expected ${issue.inclusive === false ? 'more than' : 'at least'} ${amount(issue.minimum, issue.origin)}, got ${measure(issue.input)}`;
    case 'too_big':
      return `expected ${issue.inclusive === false ? 'less than' : 'at most'} ${amount(issue.maximum, issue.origin)}, got ${measure(issue.input)}`;
    case 'invalid_format':
      return `expected text of the form ${issue.pattern ?? issue.format}, got ${got}`;
    case 'not_multiple_of':
      return `expected a multiple of ${issue.divisor}, got ${got}`;
    case 'invalid_value':
    case 'invalid_union':
      return writtenLater;
    default:
      return `not allowed here: ${got}`;
  }
}

function find(issues: readonly Issue[], base: YamlPath, value: unknown, knownKeys: KnownKeys): Finding[] {
  const findings = issues.flatMap((issue) => findInIssue(issue, base, value, knownKeys));
  return dropImplied(findings);
}

function findInIssue(issue: Issue, base: YamlPath, value: unknown, knownKeys: KnownKeys): Finding[] {
  const steps = issue.path.map((step) => (typeof step === 'number' ? step : String(step)));
  const path = [...base, ...steps];
  const found = follow(value, steps);
  if (issue.code === 'unrecognized_keys') return issue.keys.map((key) => unknownKey(path, key, knownKeys.get(issue.keys) ?? []));
  if (issue.code === 'invalid_union' && issue.errors.length > 0) return findInUnion(issue.errors, path, found, knownKeys);
  if (issue.code === 'invalid_key') {
    const message = issue.issues[0]?.message ?? issue.message;
    return [{ path, part: 'key', message, suggestion: null, expected: null, weight: 1 }];
  }
  const part = found === undefined ? 'key' : 'value';
  const choices = listChoices(issue);
  if (choices === null)
    return [{ path, part, message: issue.message, suggestion: null, expected: typeExpected(issue), weight: 1 }];
  const expected = joinWords(choices.map(showValue));
  const message = issue.message === writtenLater ? expectation(expected, found) : issue.message;
  const suggestion = typeof found === 'string' ? suggestName(found, choices.map(String)) : null;
  return [{ path, part, message, suggestion, expected, weight: 1 }];
}

function unknownKey(path: YamlPath, key: string, known: string[]): Finding {
  const suggestion = suggestName(key, known);
  const message = `unknown key ${JSON.stringify(key)}${suggestion === null && known.length > 0 ? `, expected ${joinWords(known)}` : ''}`;
  return { path: [...path, key], part: 'key', message, suggestion, expected: null, weight: suggestion === null ? 2 : 0.5 };
}

/** The alternative whose own shape the value has; when it has the shape of none, all of them in one sentence. */
function findInUnion(branches: readonly (readonly Issue[])[], path: YamlPath, value: unknown, knownKeys: KnownKeys): Finding[] {
  const alternatives = branches.map((issues) => find(issues, path, value, knownKeys));
  const ofRightType = alternatives.filter(
    (findings) => !findings.some((one) => one.expected !== null && one.path.length === path.length),
  );
  const [best] = ofRightType.toSorted((left, right) => weigh(left) - weigh(right));
  if (best !== undefined) return best;
  const expected = joinWords(
    [...new Set(alternatives.flatMap((findings) => findings.map((one) => one.expected ?? '')))].filter(Boolean),
  );
  const nearest = alternatives.flatMap((findings) => findings.map((one) => one.suggestion)).find((one) => one !== null);
  const part = value === undefined ? 'key' : 'value';
  return [{ path, part, message: expectation(expected, value), suggestion: nearest ?? null, expected, weight: 1 }];
}

function weigh(findings: Finding[]): number {
  return findings.reduce((sum, finding) => sum + finding.weight, 0);
}

/** A required key that is missing only because it is misspelt is told once, at the misspelling. */
function dropImplied(findings: Finding[]): Finding[] {
  const meant = new Set(
    findings
      .filter((one) => one.part === 'key' && one.suggestion !== null)
      .map((one) => `${parentOf(one.path)} ${one.suggestion}`),
  );
  return findings.filter((one) => {
    const name = one.path.at(-1);
    const missing = one.part === 'key' && one.suggestion === null && typeof name === 'string';
    return !(missing && meant.has(`${parentOf(one.path)} did you mean ${JSON.stringify(name)}?`));
  });
}

function parentOf(path: YamlPath): string {
  return JSON.stringify(path.slice(0, -1));
}

function expectation(expected: string, input: unknown): string {
  return input === undefined ? `missing, expected ${expected}` : `expected ${expected}, got ${showValue(input)}`;
}

function typeExpected(issue: Issue): string | null {
  return issue.code === 'invalid_type' ? nameType(issue.expected) : null;
}

function listChoices(issue: Issue): readonly unknown[] | null {
  if (issue.code === 'invalid_value') return issue.values;
  return issue.code === 'invalid_union' && 'options' in issue ? (issue.options ?? null) : null;
}

function nameType(expected: string): string {
  return Object.hasOwn(typeNames, expected) ? (typeNames[expected] ?? expected) : expected;
}

const typeNames: Record<string, string> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  object: 'a mapping',
  record: 'a mapping',
  array: 'a list',
  null: 'nothing',
  never: 'nothing',
};

function amount(limit: number | bigint, origin: string): string {
  if (origin === 'string') return `${limit} ${limit === 1 ? 'character' : 'characters'}`;
  if (origin === 'array') return `${limit} ${limit === 1 ? 'entry' : 'entries'}`;
  return String(limit);
}

function measure(input: unknown): string {
  return Array.isArray(input) && input.length > 0 ? String(input.length) : showValue(input);
}

function joinWords(words: readonly string[]): string {
  const last = words.at(-1) ?? '';
  return words.length <= 1 ? last : `${words.slice(0, -1).join(', ')} or ${last}`;
}

function listKeys(schema: unknown): string[] {
  if (typeof schema !== 'object' || schema === null || !('shape' in schema)) return [];
  return typeof schema.shape === 'object' && schema.shape !== null ? Object.keys(schema.shape) : [];
}

function follow(value: unknown, steps: YamlPath): unknown {
  let current = value;
  for (const step of steps) {
    if (typeof current !== 'object' || current === null || !Object.hasOwn(current, step)) return undefined;
    current = (current as Record<string | number, unknown>)[step];
  }
  return current;
}
