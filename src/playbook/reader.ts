import type { Problem } from '../problem.ts';
import { suggestName } from '../language/check-schema.ts';
import type { Range } from '../language/range.ts';
import { compileExpression } from '../language/expression.ts';
import { compilePattern, type Pattern } from '../language/pattern.ts';
import { parseDuration, parseSize, type Size } from '../language/units.ts';
import type { ProblemExtras, YamlDocument, YamlPath } from '../yaml.ts';

/** Reads the text values of a playbook and collects what is wrong with them, so that every problem is told at once. */
export interface Reader {
  report(path: YamlPath, message: string, extras?: ProblemExtras): void;
  /** Says what is expected and the nearest of the names that would be right. */
  reportUnknown(path: YamlPath, kind: string, name: string, known: readonly string[]): void;
  line(path: YamlPath): number;
  /** What `parse` gives; its RangeError becomes a problem, and `fallback` stands in. */
  read<T>(path: YamlPath, parse: () => T, fallback: T): T;
  duration(path: YamlPath, text: string): number;
  size(path: YamlPath, text: string): Size;
  range(path: YamlPath, value: number | string, parse: (text: string) => Range): Range;
  pattern(path: YamlPath, source: string): Pattern | null;
  /** Reports an expression that cannot be compiled; gives the names that it reads. */
  expression(path: YamlPath, source: string): string[][];
}

export function createReader(document: YamlDocument, problems: Problem[]): Reader {
  const reader: Reader = {
    report(path, message, extras) {
      problems.push(document.problem(path, message, extras));
    },
    reportUnknown(path, kind, name, known) {
      const expected = known.length === 0 ? `there is none` : `expected ${listNames(known)}`;
      reader.report(path, `no ${kind} is called ${JSON.stringify(name)}, ${expected}`, { suggestion: suggestName(name, known) });
    },
    line: (path) => document.locate(path).line,
    read(path, parse, fallback) {
      try {
        return parse();
      } catch (error) {
        if (!(error instanceof RangeError)) throw error;
        reader.report(path, error.message);
        return fallback;
      }
    },
    duration: (path, text) => reader.read(path, () => parseDuration(text), 0),
    size: (path, text) => reader.read(path, () => parseSize(text), { bytes: 0, text }),
    range: (path, value, parse) => {
      if (typeof value === 'number') return { low: value, high: value, text: String(value) };
      return reader.read(path, () => parse(value), { low: null, high: null, text: value });
    },
    pattern(path, source) {
      const compiled = compilePattern(source);
      if (compiled.ok) return compiled.pattern;
      reader.report(path, compiled.message);
      return null;
    },
    expression(path, source) {
      const compiled = compileExpression(source);
      if (compiled.ok) return compiled.expression.names;
      reader.report(path, describeExpression(source, compiled));
      return [];
    },
  };
  return reader;
}

export function describeExpression(source: string, wrong: { message: string; column: number }): string {
  return `${wrong.message}, at character ${wrong.column} of ${JSON.stringify(source)}`;
}

function listNames(names: readonly string[]): string {
  const shown = names.slice(0, 12).map((name) => JSON.stringify(name));
  return shown.length < names.length ? `one of ${shown.join(', ')}, …` : shown.join(' or ');
}
