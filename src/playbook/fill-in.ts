import type { Problem } from '../problem.ts';
import { suggestName } from '../language/check-schema.ts';
import { compileTemplate, holdsTemplate, renderTemplate, type Template } from '../language/template.ts';
import type { Value } from '../language/expression.ts';
import type { YamlDocument, YamlPath } from '../yaml.ts';
import { describeUnknownParam } from './params.ts';
import type { Scalar } from './fields.ts';

/** Parts of a playbook that are read before any expression, and hold none. */
const plainKeys: readonly unknown[] = ['playbook', 'params', 'points', 'sweeps'];

/** Names that stand alone. */
const plainNames: readonly string[] = ['today', 'point', 'run_name'];

export interface FilledIn {
  value: unknown;
  problems: Problem[];
  /** Values that wait for a param without a value: nothing can be said of them yet. */
  waiting: YamlPath[];
}

/** What an expression sees. */
interface Surroundings {
  /** Every declared name; undefined is a value that is not there yet. */
  params: Readonly<Record<string, Scalar | undefined>>;
  today: string;
  /** Empty where no experiment was asked for. */
  point: string;
  /** What a sweep calls the run; else the name of the experiment. */
  runName: string;
}

/** Puts params, the day and the names of the experiment and its run into every `${{ … }}` of a document. */
export function fillIn(document: YamlDocument, value: unknown, { params, today, point, runName }: Surroundings): FilledIn {
  const filled: FilledIn = { value: null, problems: [], waiting: [] };
  const known = Object.fromEntries(Object.entries(params).filter(([, param]) => param !== undefined));
  const fillText = (text: string, path: YamlPath): unknown => {
    const compiled = compileTemplate(text);
    const wrong = compiled.ok ? findUnknownName(compiled.template, params) : { message: compiled.message, suggestion: null };
    if (!compiled.ok || wrong !== null) {
      if (wrong !== null) filled.problems.push(document.problem(path, wrong.message, { suggestion: wrong.suggestion }));
      filled.waiting.push(path);
      return text;
    }
    if (compiled.template.names.some(([root, name = '']) => root === 'params' && !Object.hasOwn(known, name))) {
      filled.waiting.push(path);
      return text;
    }
    const rendered = renderTemplate(compiled.template, { params: known, today, point, run_name: runName });
    if ('value' in rendered) return mustBeText(path) ? asText(rendered.value) : rendered.value;
    filled.problems.push(document.problem(path, `${text} has no value: ${rendered.unknown}`));
    filled.waiting.push(path);
    return text;
  };
  filled.value = walk(value, [], fillText);
  return filled;
}

function walk(value: unknown, path: YamlPath, fillText: (text: string, path: YamlPath) => unknown): unknown {
  if (path.length === 1 && plainKeys.includes(path[0])) return value;
  if (typeof value === 'string') return holdsTemplate(value) ? fillText(value, path) : value;
  if (Array.isArray(value)) return value.map((item: unknown, index) => walk(item, [...path, index], fillText));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]: [string, unknown]) => [key, walk(item, [...path, key], fillText)]),
  );
}

function findUnknownName(
  template: Template,
  params: Readonly<Record<string, unknown>>,
): { message: string; suggestion: string | null } | null {
  for (const [root = '', name] of template.names) {
    if (plainNames.includes(root) && name === undefined) continue;
    if (root !== 'params') {
      return {
        message: `no name ${JSON.stringify(root)} is known here, expected params.NAME, today, point or run_name`,
        suggestion: suggestName(root, ['params', ...plainNames]),
      };
    }
    if (name !== undefined && !Object.hasOwn(params, name)) {
      return { message: describeUnknownParam(name, params), suggestion: suggestName(name, Object.keys(params)) };
    }
  }
  return null;
}

/** An environment holds text alone, so a number that a param brings is written out. */
function mustBeText(path: YamlPath): boolean {
  return path[0] === 'env';
}

function asText(value: Value): Value {
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : value;
}
