import type { Problem } from '../problem.ts';
import { suggestName } from '../language/check-schema.ts';
import { parseNumber } from '../language/range.ts';
import { holdsTemplate } from '../language/template.ts';
import type { YamlDocument } from '../yaml.ts';
import type { Scalar } from './fields.ts';
import type { Param } from './playbook.ts';
import type { ParamFile } from './schema.ts';

export interface GivenParams {
  /** From `--set`, as typed. */
  set: Readonly<Record<string, string>>;
  /** Of the host; names that the playbook does not have are for other playbooks. */
  host: Readonly<Record<string, Scalar>>;
}

/** Declared params, each default held to what its own declaration says. */
export function readParams(
  document: YamlDocument,
  declared: Readonly<Record<string, ParamFile>>,
): { params: Record<string, Param>; problems: Problem[] } {
  const problems: Problem[] = [];
  const params: Record<string, Param> = {};
  for (const [name, file] of Object.entries(declared)) {
    const param = toParam(file);
    params[name] = param;
    const numeric = param.type === 'integer' || param.type === 'number';
    for (const key of ['min', 'max'] as const) {
      if (param[key] !== null && !numeric)
        problems.push(document.problem(['params', name, key], `a ${param.type} has no "${key}"`));
    }
    if (param.min !== null && param.max !== null && param.min > param.max) {
      problems.push(document.problem(['params', name, 'min'], `expected at most ${param.max}, which is "max", got ${param.min}`));
    }
    if (param.default === null) continue;
    const wrong = explainWrong(param, param.default);
    if (wrong !== null) problems.push(document.problem(['params', name, 'default'], wrong));
  }
  return { params, problems };
}

/** The value of every param: `--set` over the host over the default. Params without any are problems too, and left out. */
export function settleParams(
  document: YamlDocument,
  params: Readonly<Record<string, Param>>,
  given: GivenParams,
): { values: Record<string, Scalar>; problems: Problem[] } {
  const problems: Problem[] = [];
  const values: Record<string, Scalar> = {};
  for (const name of Object.keys(given.set)) {
    if (Object.hasOwn(params, name)) continue;
    problems.push(setProblem(name, describeUnknownParam(name, params), suggestName(name, Object.keys(params))));
  }
  for (const [name, param] of Object.entries(params)) {
    const [set, host] = [own(given.set, name), own(given.host, name)];
    const value = set === undefined ? (host ?? param.default) : convert(param, set);
    if (value === null) {
      problems.push(
        document.problem(['params', name], `"${name}" has no value`, { part: 'key', suggestion: `give --set ${name}=…` }),
      );
      continue;
    }
    const wrong = explainWrong(param, value);
    if (wrong === null) values[name] = value;
    else if (set !== undefined) problems.push(setProblem(name, wrong, null));
    else if (host !== undefined) problems.push(document.problem(['params', name], `the host's value: ${wrong}`, { part: 'key' }));
  }
  return { values, problems };
}

export function describeUnknownParam(name: string, params: Readonly<Record<string, unknown>>): string {
  const names = Object.keys(params);
  return `no param is called ${JSON.stringify(name)}, ${names.length === 0 ? 'the playbook has none' : `it has ${names.join(', ')}`}`;
}

export function toParam(file: ParamFile): Param {
  return {
    type: file.type,
    default: file.default ?? null,
    min: file.min ?? null,
    max: file.max ?? null,
    oneOf: file['one-of'] ?? null,
    description: file.description ?? null,
  };
}

/** Text that is not of the declared type is left as it is, for the check that follows to name. */
function convert(param: Param, text: string): Scalar {
  switch (param.type) {
    case 'string':
      return text;
    case 'boolean':
      return text === 'true' ? true : text === 'false' ? false : text;
    case 'integer':
    case 'number':
      try {
        return parseNumber(text.trim());
      } catch (error) {
        if (error instanceof RangeError) return text;
        throw error;
      }
  }
}

const typeNames = { string: 'text', integer: 'a whole number', number: 'a number', boolean: 'true or false' } as const;

/** Null: the value is of its type and within its limits. */
export function explainWrong(param: Param, value: Scalar): string | null {
  const got = JSON.stringify(value);
  const fits = param.type === 'integer' ? Number.isSafeInteger(value) : typeof value === param.type;
  if (!fits || (typeof value === 'number' && !Number.isFinite(value))) return `expected ${typeNames[param.type]}, got ${got}`;
  if (typeof value === 'string' && holdsTemplate(value))
    return `expected plain text, an expression is not filled in here: ${got}`;
  if (typeof value === 'number' && param.min !== null && value < param.min) return `expected at least ${param.min}, got ${got}`;
  if (typeof value === 'number' && param.max !== null && value > param.max) return `expected at most ${param.max}, got ${got}`;
  if (param.oneOf !== null && !param.oneOf.includes(value)) {
    return `expected ${param.oneOf.map((one) => JSON.stringify(one)).join(' or ')}, got ${got}`;
  }
  return null;
}

function setProblem(name: string, message: string, suggestion: string | null): Problem {
  return { file: '--set', line: null, column: null, path: name, message, suggestion, severity: 'error' };
}

function own<T>(record: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.hasOwn(record, name) ? record[name] : undefined;
}
