import type { CompiledCriterion, ReadSeries, SeriesUse } from '../language/criterion.ts';
import { collectSeries, type Series } from '../language/series.ts';
import type { Window } from '../language/window.ts';
import type { Row } from './reading.ts';
import type { Aliases, CriterionRule, SourceRule } from './rules.ts';
import { collectNewest } from './sliding.ts';

/** What a criterion looks at, apart for each value of a column where it says `each`; else all of it is the one part. */
export interface CriterionReadings {
  /** The parts that have something new to look at. */
  add(source: string, row: Row, attempt: number, lane: number): readonly ReadingsPart[];
  parts(): readonly ReadingsPart[];
  /** Whether there were more values than can be told apart. */
  isFull(): boolean;
  /** When the window of every file that was begun is over; null before the first reading, and of other windows than those since the start. */
  endsAt(): number | null;
  drop(): void;
}

export interface ReadingsPart {
  /** The value of the column; null of all together. */
  name: string | null;
  read: ReadSeries;
  /** Whether every source has brought a row. */
  complete(): boolean;
  /** Of the series that has the fewest. */
  fewest(): number;
  /** Which column is missing, if one is. */
  explain(): string | null;
}

/** A part of more values than these is not made: a criterion for each step would never end. */
const mostParts = 1_024;

export function collectReadings(
  { series }: CompiledCriterion,
  rule: CriterionRule,
  sources: readonly SourceRule[],
  aliases: Aliases,
): CriterionReadings {
  const { window, each = null } = rule;
  const stepless = new Set(sources.filter((source) => !hasStep(source)).map((source) => source.name));
  const names = [...new Set(series.map(({ source }) => source))];
  const bySource = new Map(names.map((name) => [name, series.filter(({ source }) => source === name)]));
  const isApart = (source: string) => each !== null && (each.source === null || each.source === source);
  let shared = new Map<string, SourceReadings>();
  let parts = new Map<string | null, Part>();
  let starts = new Map<string, number>();
  let newestAttempt: number | null = null;
  let isFull = false;
  begin();

  interface Part extends ReadingsPart {
    own: Map<string, SourceReadings>;
  }

  return {
    add(source, row, attempt, lane) {
      const uses = bySource.get(source);
      if (uses === undefined || !isInWindow(source, row, attempt, lane)) return [];
      const key = each !== null && isApart(source) ? nameOfPart(row.columns[each.column]) : null;
      if (isApart(source) && key === null) return [];
      const part = isApart(source) ? findPart(key) : null;
      if (isApart(source) && part === null) return [];
      const held = part === null ? shared : part.own;
      let readings = held.get(source);
      if (readings === undefined) held.set(source, (readings = collectSource(uses, rule, aliases)));
      const x = row.step !== null && (window.kind === 'steps' || !stepless.has(source)) ? row.step : row.at / 1000;
      readings.add(row, x, attempt, lane);
      return part === null ? [...parts.values()] : [part];
    },
    parts: () => [...parts.values()],
    isFull: () => isFull,
    endsAt() {
      if (window.kind !== 'since-start' || window.to === null || starts.size === 0) return null;
      return Math.max(...starts.values()) + window.to * 1000;
    },
    drop: begin,
  };

  function begin(): void {
    shared = new Map();
    starts = new Map();
    parts = new Map(each === null ? [[null, makePart(null)]] : []);
  }

  function isInWindow(source: string, row: Row, attempt: number, lane: number): boolean {
    if (window.kind === 'steps') return row.step !== null && row.step >= window.from && row.step <= (window.to ?? Infinity);
    if (row.step === null && !stepless.has(source)) return false;
    return window.kind !== 'since-start' || isSinceStart(window, source, row, attempt, lane);
  }

  function isSinceStart(span: Extract<Window, { kind: 'since-start' }>, source: string, row: Row, attempt: number, lane: number) {
    if (newestAttempt !== null && attempt < newestAttempt) return false;
    if (attempt !== newestAttempt) begin();
    newestAttempt = attempt;
    const file = `${lane} ${source}`;
    const start = starts.get(file) ?? row.at;
    starts.set(file, start);
    const seconds = (row.at - start) / 1000;
    return seconds >= span.from && seconds <= (span.to ?? Infinity);
  }

  function findPart(name: string | null): Part | null {
    const part = parts.get(name);
    if (part !== undefined) return part;
    if (parts.size >= mostParts) {
      isFull = true;
      return null;
    }
    const made = makePart(name);
    parts.set(name, made);
    return made;
  }

  function makePart(name: string | null): Part {
    const own = new Map<string, SourceReadings>();
    const heldOf = (source: string) => (isApart(source) ? own : shared).get(source);
    return {
      name,
      own,
      read: ({ source, column }) => heldOf(source)?.columns.get(column) ?? null,
      complete: () => [...bySource.keys()].every((source) => heldOf(source) !== undefined),
      fewest: () => Math.min(...series.map(({ source, column }) => heldOf(source)?.columns.get(column)?.size ?? 0)),
      explain() {
        const missing = series.find(({ source, column }) => heldOf(source)?.columns.has(column) !== true);
        if (missing === undefined) return null;
        const row = heldOf(missing.source)?.lastRow();
        if (row == null) return `"${missing.source}" has no readings in the window`;
        return `"${missing.source}" has no readings of "${missing.column}" in the window: it has ${Object.keys(row.columns).slice(0, 20).join(', ')}`;
      },
    };
  }
}

interface SourceReadings {
  add(row: Row, x: number, attempt: number, lane: number): void;
  columns: ReadonlyMap<string, Series>;
  lastRow(): Row | null;
}

/** A cell that is absent or empty is no reading; one that is no number is a missing one. */
function collectSource(uses: readonly SeriesUse[], { window, warmUp = 0 }: CriterionRule, aliases: Aliases): SourceReadings {
  const columns = new Map<string, Series>();
  const warming = new Map<string, { attempt: number; seen: number }>();
  const slides = window.kind === 'samples' || window.kind === 'time';
  let last: Row | null = null;

  return {
    add(row, x, attempt, lane) {
      last = row;
      for (const { source, column, functions } of uses) {
        const value = findCell(row.columns, column, aliases[`${source}.${column}`] ?? []);
        if (value === undefined) continue;
        let series = columns.get(column);
        if (series === undefined)
          columns.set(column, (series = slides ? collectNewest(window, functions) : collectSeries(functions)));
        if (isWarmingUp(column, attempt, lane)) continue;
        const y = typeof value === 'number' ? value : null;
        series.add({ x, y, step: row.step, at: row.at, attempt, lane });
      }
    },
    columns,
    lastRow: () => last,
  };

  function isWarmingUp(column: string, attempt: number, lane: number): boolean {
    if (warmUp === 0) return false;
    const key = `${lane} ${column}`;
    const known = warming.get(key);
    const seen = known?.attempt === attempt ? known.seen : 0;
    if (seen < warmUp) warming.set(key, { attempt, seen: seen + 1 });
    return seen < warmUp;
  }
}

function findCell(columns: Record<string, unknown>, column: string, others: readonly string[]): unknown {
  for (const name of [column, ...others]) {
    if (Object.hasOwn(columns, name) && columns[name] !== '') return columns[name];
  }
  return undefined;
}

function nameOfPart(value: unknown): string | null {
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  return typeof value === 'string' && value !== '' ? value : null;
}

function hasStep(source: SourceRule): boolean {
  return source.kind !== 'accelerators' && source.step !== null;
}
