import { isCollection, isNode, isPair, isScalar, visit, type Document, type Pair, type Scalar } from 'yaml';
import { messageOf } from './errors.ts';
import type { Problem } from './problem.ts';

export const mostAliases = 100;
const deepestNesting = 64;

/** Makes a problem at an offset of the text. */
export type At = (offset: number, message: string) => Problem;

/** One problem a line: what follows the first on a line is mostly its echo. */
export function findSyntaxProblems(parsed: Document.Parsed, at: At): Problem[] {
  const exhausted = parsed.errors.findLast((error) => error.code === 'RESOURCE_EXHAUSTION');
  if (exhausted !== undefined) return [at(exhausted.pos[0], 'nested too deeply')];
  const byLine = new Map<number | null, Problem>();
  for (const error of parsed.errors.toSorted((left, right) => left.pos[0] - right.pos[0])) {
    const problem = at(error.pos[0], explainSyntaxError(error.code, error.message));
    if (!byLine.has(problem.line)) byLine.set(problem.line, problem);
  }
  return [...byLine.values()];
}

function explainSyntaxError(code: string, message: string): string {
  if (code === 'TAB_AS_INDENT') return 'a tab is not allowed as indentation: use blanks';
  if (code === 'MULTIPLE_DOCS') return 'expected one document, and a second one starts here';
  return `not YAML: ${lowerFirst(message.split('\n')[0] ?? message)}`;
}

export function explainAliasError(error: ReferenceError): string {
  return error.message.startsWith('Excessive') ? `expected at most ${mostAliases} uses of aliases` : messageOf(error);
}

export function firstAlias(parsed: Document): number {
  let offset = 0;
  visit(parsed, {
    Alias: (_key, node) => {
      offset = node.range?.[0] ?? 0;
      return visit.BREAK;
    },
  });
  return offset;
}

/** What the parser lets pass and a strict format cannot mean. `fatal` leaves nothing to check. */
export function findStructureProblems(parsed: Document.Parsed, at: At): { fatal: Problem | null; others: Problem[] } {
  const others: Problem[] = [];
  let fatal: Problem | null = null;
  if (parsed.directives.yaml.version !== '1.2') others.push(at(0, `expected YAML 1.2, got ${parsed.directives.yaml.version}`));
  for (const warning of parsed.warnings) others.push(at(warning.pos[0], lowerFirst(warning.message)));
  visit(parsed, {
    Collection: (_key, node, ancestors) => {
      if (ancestors.length <= deepestNesting * 2) return undefined;
      fatal = at(node.range?.[0] ?? 0, `nested too deeply: expected at most ${deepestNesting} levels`);
      return visit.BREAK;
    },
    Map: (_key, node) => {
      others.push(...findKeyProblems(node.items, at));
    },
    Scalar: (_key, node) => {
      if (typeof node.value !== 'number' || !Number.isInteger(node.value) || Number.isSafeInteger(node.value)) return;
      if (!/^[-+]?\d+$/.test(node.source ?? '')) return;
      others.push(at(node.range?.[0] ?? 0, `${node.source} is too large for a number: put it in quotes if it is text`));
    },
    Alias: (_key, node, ancestors) => {
      const target = node.resolve(parsed);
      const offset = node.range?.[0] ?? 0;
      if (target === undefined) fatal ??= at(offset, `no anchor is called "${node.source}"`);
      else if (ancestors.includes(target)) fatal ??= at(offset, `"*${node.source}" stands inside its own anchor`);
    },
  });
  return { fatal, others };
}

function findKeyProblems(pairs: Pair[], at: At): Problem[] {
  const problems: Problem[] = [];
  const seen = new Set<string>();
  for (const pair of pairs) {
    if (!isPair(pair)) continue;
    const offset = isNode(pair.key) ? (pair.key.range?.[0] ?? 0) : 0;
    if (!isScalar(pair.key) || pair.key.value === null) {
      const hint = isCollection(pair.key) ? ': put a value that begins with "{" or "[" in quotes' : '';
      problems.push(at(offset, `expected a word as key${hint}`));
      continue;
    }
    const name = nameKey(pair.key);
    if (name === '__proto__') problems.push(at(offset, 'a key cannot be called "__proto__"'));
    else if (seen.has(name)) problems.push(at(offset, `duplicate key "${name}"`));
    seen.add(name);
  }
  return problems;
}

function lowerFirst(text: string): string {
  return `${text.charAt(0).toLowerCase()}${text.slice(1)}`;
}

/** The key as it reads in plain objects: `1` and `"1"` are one. */
export function nameKey(key: Scalar): string {
  return String(key.value);
}
