import { compileCriterion, type CompiledCriterion, type CriterionAnswer, type ReadSeries } from '../language/criterion.ts';
import type { CriterionVerdict, Severity } from '../lifecycle/states.ts';
import { describeBand, describeExpected, describeMeasured } from './criterion-text.ts';
import { collectPoints, type Points } from './points.ts';
import type { Row } from './reading.ts';
import type { CriterionRule, SourceRule } from './rules.ts';

export interface CriterionState {
  name: string;
  verdict: CriterionVerdict;
  severity: Severity;
  expected: string | null;
  observed: string | null;
  /** Why it is pending or inconclusive; of a met one, what is worth a look all the same. */
  message: string | null;
}

export interface CriterionJudge {
  /** A row of a source that the criterion may read. */
  see(source: string, row: Row, attempt: number, worker: number): void;
  /** `step` is how far the run has come; `final` says that no more rows will come. */
  judge(step: number | null, final: boolean): CriterionState;
}

/** A criterion with a step window is judged once, when the run is past the window; that verdict stays. One over the whole run is judged again with each new reading. */
export function judgeCriterion(rule: CriterionRule, sources: SourceRule[], earlier: CriterionState | undefined): CriterionJudge {
  const compiled = compileCriterion(rule.expr);
  const expected = describeExpected(rule);
  const state = (verdict: CriterionVerdict, observed: string | null, message: string | null): CriterionState => ({
    name: rule.name,
    verdict,
    severity: rule.severity,
    expected,
    observed,
    message,
  });
  if (!compiled.ok) {
    const refused = state('inconclusive', null, `cannot be judged: ${compiled.message}`);
    return { see: () => undefined, judge: () => refused };
  }
  const { expression } = compiled;
  const readings = collectReadings(expression, rule, sources);
  let settled = rule.window.kind === 'steps' && earlier !== undefined && earlier.verdict !== 'pending' ? earlier : null;
  let latest: CriterionState | null = null;

  return {
    see(source, row, attempt, worker) {
      if (settled === null && readings.add(source, row, attempt, worker)) latest = null;
    },
    judge(step, final) {
      if (settled !== null) return settled;
      const waiting = final ? null : findWait(rule, readings, step);
      if (waiting !== null) return state('pending', null, waiting);
      latest ??= conclude(expression.evaluate(readings.read));
      if (rule.window.kind === 'whole' && !final) return latest;
      settled = withEarlyEnd(latest, rule, step);
      readings.drop();
      return settled;
    },
  };

  function conclude(answer: CriterionAnswer): CriterionState {
    const observed = describeMeasured(answer.measured, expression.series, sources);
    if (answer.holds === null) return state('inconclusive', observed, readings.explain() ?? answer.reason);
    const [first] = answer.measured;
    const outside = rule.expected === null || first === undefined ? null : describeBand(rule.expected, first.value);
    return state(answer.holds ? 'met' : 'violated', observed, outside);
  }
}

function findWait(rule: CriterionRule, readings: Readings, step: number | null): string | null {
  const { window } = rule;
  if (window.kind === 'whole') return readings.complete() ? null : 'waits for the first reading';
  return step !== null && step >= window.to ? null : `judged when step ${window.to} is reached`;
}

function withEarlyEnd(state: CriterionState, rule: CriterionRule, step: number | null): CriterionState {
  if (rule.window.kind === 'whole' || (step !== null && step >= rule.window.to)) return state;
  const end = `the run ended ${step === null ? 'before its first step' : `at step ${step}`}, before the window did`;
  return { ...state, message: state.message === null ? end : `${state.message}; ${end}` };
}

interface Readings {
  /** Whether the criterion has something new to look at. */
  add(source: string, row: Row, attempt: number, worker: number): boolean;
  read: ReadSeries;
  /** Whether every source has brought a row. */
  complete(): boolean;
  /** Which column is missing, if one is. */
  explain(): string | null;
  drop(): void;
}

function collectReadings(expression: CompiledCriterion, rule: CriterionRule, sources: SourceRule[]): Readings {
  const columns = new Map<string, Map<string, Points | null>>();
  for (const { source, column } of expression.series) {
    const bySource = columns.get(source) ?? new Map<string, Points | null>();
    columns.set(source, bySource.set(column, null));
  }
  const stepless = new Set(sources.filter((source) => !hasStep(source)).map((source) => source.name));
  const lastRows = new Map<string, Row>();
  const { window } = rule;

  return {
    add(source, row, attempt, worker) {
      const wanted = columns.get(source);
      if (wanted === undefined) return false;
      const inWindow =
        window.kind === 'whole'
          ? row.step !== null || stepless.has(source)
          : row.step !== null && row.step >= window.from && row.step <= window.to;
      if (!inWindow) return false;
      lastRows.set(source, row);
      const x = window.kind === 'whole' && stepless.has(source) ? row.at : (row.step ?? row.at);
      for (const column of wanted.keys()) {
        if (!Object.hasOwn(row.columns, column) || row.columns[column] === '') continue;
        const points = wanted.get(column) ?? collectPoints();
        wanted.set(column, points);
        points.add(row, row.columns[column], x, attempt, worker);
      }
      return true;
    },
    read: ({ source, column }) => columns.get(source)?.get(column)?.read() ?? null,
    complete: () => [...columns.keys()].every((source) => lastRows.has(source)),
    explain() {
      const missing = expression.series.find(({ source, column }) => (columns.get(source)?.get(column) ?? null) === null);
      if (missing === undefined) return null;
      const row = lastRows.get(missing.source);
      if (row === undefined) return `"${missing.source}" has no readings in the window`;
      return `"${missing.source}" has no readings of "${missing.column}" in the window: it has ${Object.keys(row.columns).slice(0, 20).join(', ')}`;
    },
    drop() {
      columns.clear();
      lastRows.clear();
    },
  };
}

function hasStep(source: SourceRule): boolean {
  return source.kind !== 'accelerators' && source.step !== null;
}
