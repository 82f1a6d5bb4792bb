import {
  isAlias,
  isMap,
  isNode,
  isScalar,
  isSeq,
  LineCounter,
  parseDocument,
  type Document,
  type Node,
  type Pair,
  type YAMLMap,
} from 'yaml';
import type { Problem } from './problem.ts';
import { readTextFile } from './text-file.ts';
import {
  explainAliasError,
  findStructureProblems,
  findSyntaxProblems,
  firstAlias,
  mostAliases,
  nameKey,
} from './yaml-structure.ts';

/** Keys and list positions from the top of a document. */
export type YamlPath = readonly (string | number)[];

export interface Position {
  /** From 1, both. */
  line: number;
  column: number;
}

export interface ProblemExtras {
  suggestion?: string | null;
  severity?: Problem['severity'];
  /** Whether the key or what it holds is meant; the value unless said otherwise. */
  part?: 'key' | 'value';
}

/**
 * Reads a YAML 1.2 file that holds one document. `document` is null when the file cannot be understood; the problems beside a document
 * (duplicate keys, unknown tags) are errors too, and leave the rest of it fit to be checked.
 */
export function readYamlFile(file: string): { document: YamlDocument | null; problems: Problem[] } {
  const { read, problem } = readTextFile(file);
  if (read === null) return { document: null, problems: [problem] };
  return parseYaml(file, read.text, read.bytes);
}

/** The same for text that is already here; `file` is for messages. */
export function parseYaml(
  file: string,
  text: string,
  bytes: Buffer = Buffer.from(text),
): { document: YamlDocument | null; problems: Problem[] } {
  const lines = new LineCounter();
  // Uniqueness is looked at below: the parser's own way takes quadratic time and ends at the first duplicate.
  const parsed = parseDocument(text, { lineCounter: lines, prettyErrors: false, uniqueKeys: false, logLevel: 'error' });
  const at = (offset: number, message: string): Problem => ({
    file,
    ...place(lines, offset),
    path: '',
    message,
    suggestion: null,
    severity: 'error',
  });
  const syntax = findSyntaxProblems(parsed, at);
  if (syntax.length > 0) return { document: null, problems: syntax };
  if (parsed.contents === null || (isScalar(parsed.contents) && parsed.contents.value === null)) {
    return { document: null, problems: [{ ...at(0, 'the file is empty'), line: null, column: null }] };
  }
  const { fatal, others } = findStructureProblems(parsed, at);
  if (fatal !== null) return { document: null, problems: [fatal] };
  try {
    const value: unknown = parsed.toJS({ maxAliasCount: mostAliases });
    return { document: new YamlDocument(file, bytes, value, parsed, lines), problems: others };
  } catch (error) {
    if (!(error instanceof ReferenceError)) throw error;
    return { document: null, problems: [at(firstAlias(parsed), explainAliasError(error))] };
  }
}

export class YamlDocument {
  readonly file: string;
  readonly bytes: Buffer;
  /** Plain objects, lists and scalars. */
  readonly value: unknown;
  readonly #parsed: Document;
  readonly #lines: LineCounter;
  readonly #pairs = new Map<YAMLMap, Map<string, Pair>>();
  readonly #written: (path: YamlPath) => YamlPath;

  constructor(
    file: string,
    bytes: Buffer,
    value: unknown,
    parsed: Document,
    lines: LineCounter,
    written: (path: YamlPath) => YamlPath = (path) => path,
  ) {
    this.file = file;
    this.bytes = bytes;
    this.value = value;
    this.#parsed = parsed;
    this.#lines = lines;
    this.#written = written;
  }

  /** The same file with another value. `written`: where in the file the part of that value at a path is written. */
  rearrange(value: unknown, written: (path: YamlPath) => YamlPath): YamlDocument {
    return new YamlDocument(this.file, this.bytes, value, this.#parsed, this.#lines, written);
  }

  /** A path as problems name it. */
  nameOf(path: YamlPath): string {
    return formatPath(this.#written(path));
  }

  /** Where a key or value stands. What is missing is answered by the key of the nearest part that is there. */
  locate(path: YamlPath, part: 'key' | 'value' = 'value'): Position {
    const written = this.#written(path);
    let node = this.#resolve(this.#parsed.contents);
    let key: Node | null = node;
    for (const [depth, step] of written.entries()) {
      const next = this.#findChild(node, step);
      if (next === null) return this.#place(key);
      key = next.key ?? next.value;
      const last = depth === written.length - 1;
      if (last && part === 'value') return this.#place(next.value ?? key);
      node = this.#resolve(next.value);
    }
    return this.#place(key);
  }

  problem(path: YamlPath, message: string, extras: ProblemExtras = {}): Problem {
    const { suggestion = null, severity = 'error', part = 'value' } = extras;
    return { file: this.file, ...this.locate(path, part), path: this.nameOf(path), message, suggestion, severity };
  }

  #findChild(node: Node | null, step: string | number): { key: Node | null; value: Node | null } | null {
    if (isSeq(node)) {
      const item = typeof step === 'number' ? node.items[step] : undefined;
      return isNode(item) ? { key: null, value: item } : null;
    }
    if (!isMap(node)) return null;
    const pair = this.#pairsOf(node).get(String(step));
    if (pair === undefined) return null;
    return { key: isNode(pair.key) ? pair.key : null, value: isNode(pair.value) ? pair.value : null };
  }

  /** By key, the last of a name as in the plain value; kept, since a file with many problems is asked many times. */
  #pairsOf(map: YAMLMap): Map<string, Pair> {
    const known = this.#pairs.get(map);
    if (known !== undefined) return known;
    const pairs = new Map(map.items.flatMap((pair) => (isScalar(pair.key) ? [[nameKey(pair.key), pair] as const] : [])));
    this.#pairs.set(map, pairs);
    return pairs;
  }

  #resolve(node: Node | null): Node | null {
    return isAlias(node) ? (node.resolve(this.#parsed) ?? null) : node;
  }

  #place(node: Node | null): Position {
    return place(this.#lines, node?.range?.[0] ?? 0);
  }
}

/** `monitor.criteria[0].expr`; a key that is more than a plain word is quoted. */
export function formatPath(path: YamlPath): string {
  return path
    .map((step, index) => {
      if (typeof step === 'number') return `[${step}]`;
      const word = /^[\w-]+$/.test(step) ? step : JSON.stringify(step);
      return index === 0 ? word : `.${word}`;
    })
    .join('');
}

/** By file as first met, then by line and column; the same problem once. */
export function sortProblems(problems: readonly Problem[]): Problem[] {
  const files = [...new Set(problems.map((problem) => problem.file))];
  const unique = new Map(problems.map((problem) => [JSON.stringify(problem), problem]));
  return [...unique.values()].sort(
    (left, right) =>
      files.indexOf(left.file) - files.indexOf(right.file) ||
      (left.line ?? 0) - (right.line ?? 0) ||
      (left.column ?? 0) - (right.column ?? 0),
  );
}

function place(lines: LineCounter, offset: number): Position {
  const { line, col } = lines.linePos(offset);
  return { line: Math.max(line, 1), column: Math.max(col, 1) };
}
