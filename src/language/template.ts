import { compileExpression, type Expression, type Scope, type Value } from './expression.ts';

/** Text with `${{ expression }}` inside. */
export interface Template {
  source: string;
  /** What the expressions read: `["params", "steps"]`. */
  names: string[][];
  parts: (string | Expression)[];
}

export type CompiledTemplate = { ok: true; template: Template } | { ok: false; message: string };
export type Rendered = { value: Value } | { unknown: string };

const opening = '${{';
const closing = '}}';
const mostExpressions = 50;

export function holdsTemplate(text: string): boolean {
  return text.includes(opening);
}

/** Never throws. A text without an expression is a template of itself. */
export function compileTemplate(source: string): CompiledTemplate {
  const parts: (string | Expression)[] = [];
  let position = 0;
  while (position < source.length) {
    const start = source.indexOf(opening, position);
    const text = source.slice(position, start === -1 ? undefined : start);
    if (text !== '') parts.push(text);
    if (start === -1) break;
    const end = findClosing(source, start + opening.length);
    if (end === null) return { ok: false, message: `"${opening}" is not closed by "${closing}"` };
    const compiled = compileExpression(source.slice(start + opening.length, end).trim());
    if (!compiled.ok) return { ok: false, message: `in ${source.slice(start, end + closing.length)}: ${compiled.message}` };
    parts.push(compiled.expression);
    if (parts.length > 2 * mostExpressions)
      return { ok: false, message: `expected at most ${mostExpressions} expressions in one text` };
    position = end + closing.length;
  }
  const names = parts.flatMap((part) => (typeof part === 'string' ? [] : part.names));
  return { ok: true, template: { source, names, parts } };
}

/** One expression and nothing beside it keeps its type; in between text, everything becomes text. */
export function renderTemplate(template: Template, scope: Scope): Rendered {
  const [only, ...others] = template.parts;
  if (only !== undefined && typeof only !== 'string' && others.length === 0) return only.evaluate(scope);
  let text = '';
  for (const part of template.parts) {
    const answer: Rendered = typeof part === 'string' ? { value: part } : part.evaluate(scope);
    if ('unknown' in answer) return answer;
    if (answer.value === null || typeof answer.value === 'object')
      return { unknown: 'a list, map or null cannot stand inside text' };
    text += String(answer.value);
  }
  return { value: text };
}

/** Where `}}` ends the expression: not the one inside a text in quotes, nor the ends of two maps. */
function findClosing(source: string, from: number): number | null {
  let depth = 0;
  let quote: string | null = null;
  for (let index = from; index < source.length; index++) {
    const letter = source[index];
    if (quote !== null) {
      if (letter === '\\') index++;
      else if (letter === quote) quote = null;
    } else if (letter === '"' || letter === "'") quote = letter;
    else if (letter === '{') depth++;
    else if (letter === '}' && depth > 0) depth--;
    else if (source.startsWith(closing, index)) return index;
  }
  return null;
}
