import { compileCriterion, type CompiledCriterion } from '../../language/criterion.ts';
import { parseBand, parsePercent, type Range } from '../../language/range.ts';
import { parsePositiveDuration } from '../../language/units.ts';
import { isClosed, type Window } from '../../language/window.ts';
import type { YamlPath } from '../../yaml.ts';
import type { ReadActions } from './build-actions.ts';
import { readWindow, type Phases } from './build-windows.ts';
import type { Criterion } from './monitor.ts';
import { describeExpression, type Reader } from '../reader.ts';
import { criterionSchema } from './monitor-schema.ts';
import { take } from '../sections.ts';

/** Reports a series that no source of the playbook has. One of the names of the column is enough. */
export type FindSeries = (path: YamlPath, source: string, columns: readonly string[]) => void;

export interface Surroundings {
  /** Of the criteria so far. */
  names: Set<string>;
  phases: Phases;
  aliases: Readonly<Record<string, readonly string[]>>;
  findSeries: FindSeries;
  readActions: ReadActions;
}

type Each = NonNullable<Criterion['each']> | null;
type CriterionFile = NonNullable<ReturnType<typeof readFile>>;

export function buildCriterion(reader: Reader, path: YamlPath, item: unknown, around: Surroundings): Criterion[] {
  const file = readFile(item);
  if (file === null) return [];
  if (around.names.has(file.criterion)) {
    reader.report([...path, 'criterion'], `a second criterion is called ${JSON.stringify(file.criterion)}`);
  }
  around.names.add(file.criterion);
  const band = (key: 'expected' | 'plausible') => {
    const value = file[key];
    return value === undefined ? null : reader.range([...path, key], value, parseBand);
  };
  const expected = band('expected');
  const { window, phase } = readWindow(reader, [...path, 'window'], file.window, around.phases);
  const compiled = compileCriterion(file.expr);
  const each = readEach(reader, [...path, 'each'], file.each, around);
  if (!compiled.ok) reader.report([...path, 'expr'], describeExpression(file.expr, compiled));
  else {
    for (const { source, column } of compiled.expression.series) {
      around.findSeries([...path, 'expr'], source, [column, ...(around.aliases[`${source}.${column}`] ?? [])]);
    }
    checkMeasures(reader, path, compiled.expression, file);
    checkHold(reader, path, compiled.expression, file, window);
    checkEach(reader, path, compiled.expression, each);
  }
  return [
    {
      name: file.criterion,
      expr: file.expr,
      window,
      phase,
      expected,
      plausible: band('plausible') ?? spread(expected),
      severity: file.severity ?? 'red',
      then: around.readActions([...path, 'then'], file.then ?? []),
      line: reader.line(path),
      warmUp: file['warm-up'] ?? 0,
      atLeast: file['at-least'] ?? 1,
      margin: readMargin(reader, [...path, 'margin'], file.margin),
      hold: readHold(reader, [...path, 'for'], file.for),
      each,
    },
  ];
}

function readFile(item: unknown) {
  return take(criterionSchema, item);
}

/** What is far from the usual is wrong, also where it looks better: more than twice it, or less than a quarter. */
function spread(expected: Range | null): Range | null {
  if (expected === null) return null;
  const low = expected.low !== null && expected.low > 0 ? expected.low / 4 : null;
  const high = expected.high !== null && expected.high > 0 ? expected.high * 2 : null;
  return low === null && high === null ? null : { low, high, text: `a quarter of ${expected.text} to twice it` };
}

function checkMeasures(reader: Reader, path: YamlPath, { comparisons, hasLimit }: CompiledCriterion, file: CriterionFile): void {
  for (const key of ['expected', 'plausible'] as const) {
    if (file[key] === undefined || comparisons === 1) continue;
    const message = `a band needs one comparison to belong to, and the expression has ${comparisons}`;
    reader.report([...path, key], message, { part: 'key' });
  }
  if (file.margin !== undefined && !hasLimit) {
    const message = 'a margin needs an expression that is one comparison by <, <=, > or >=';
    reader.report([...path, 'margin'], message, { part: 'key' });
  }
}

function readMargin(reader: Reader, path: YamlPath, text: string | undefined): number {
  return text === undefined ? 0 : reader.read(path, () => parsePercent(text, 'a margin'), 0);
}

function readHold(reader: Reader, path: YamlPath, value: string | number | undefined): NonNullable<Criterion['hold']> | null {
  if (value === undefined) return null;
  if (typeof value === 'number') return { kind: 'readings', count: value };
  return { kind: 'time', seconds: reader.read(path, () => parsePositiveDuration(value), 1) };
}

/** What has held is counted from reading to reading, which has one meaning only where they come in one order. */
function checkHold(reader: Reader, path: YamlPath, { series }: CompiledCriterion, file: CriterionFile, window: Window): void {
  if (file.for === undefined) return;
  const report = (message: string) => {
    reader.report([...path, 'for'], message, { part: 'key' });
  };
  const sources = [...new Set(series.map(({ source }) => source))];
  if (isClosed(window)) report('a window that ends is judged once, so that nothing can hold "for" a time');
  if (sources.length > 1) report(`"for" counts the readings of one source, and the expression reads ${sources.join(' and ')}`);
  if (series.some(({ functions }) => functions.has('age')))
    report('"for" counts readings, and an age grows between them: give it a larger limit');
}

function readEach(reader: Reader, path: YamlPath, text: string | undefined, around: Surroundings): Each {
  if (text === undefined) return null;
  const [first = '', second, ...rest] = text.split('.');
  if (first === '' || second === '' || rest.length > 0) {
    reader.report(path, `expected a column such as "gpu.index" or "rank", got ${JSON.stringify(text)}`);
    return null;
  }
  if (second === undefined) return { source: null, column: first };
  around.findSeries(path, first, [second]);
  return { source: first, column: second };
}

function checkEach(reader: Reader, path: YamlPath, { series }: CompiledCriterion, each: Each): void {
  if (each?.source == null || series.some(({ source }) => source === each.source)) return;
  reader.report([...path, 'each'], `the expression reads nothing of ${JSON.stringify(each.source)}`);
}
