import { compileCriterion, type CompiledCriterion } from '../language/criterion.ts';
import { isWithin } from '../language/range.ts';
import { formatDuration } from '../language/units.ts';
import { isClosed } from '../language/window.ts';
import type { CriterionVerdict, Severity } from '../lifecycle/states.ts';
import { collectReadings, type CriterionReadings, type ReadingsPart } from './criterion-readings.ts';
import { describeBand, describeExpected, describeMeasured } from './criterion-text.ts';
import { createHold, type Hold } from './hold.ts';
import { joinParts, type Judged, type NamedJudged } from './judged.ts';
import type { Row } from './reading.ts';
import type { Aliases, CriterionRule, SourceRule } from './rules.ts';

export interface CriterionState {
  name: string;
  verdict: CriterionVerdict;
  severity: Severity;
  expected: string | null;
  observed: string | null;
  /** Why it is pending or inconclusive; of a met one, what is worth a look all the same. */
  message: string | null;
}

export interface Moment {
  /** How far the run has come. */
  step: number | null;
  /** Milliseconds, on the clock of the readings. */
  now: number;
  /** Not all that is there was read: no window is taken for passed, and nothing for old. */
  behind: boolean;
  /** No more rows will come. */
  final: boolean;
}

export interface CriterionJudge {
  /** A row of a source that the criterion may read. */
  see(source: string, row: Row, attempt: number, lane: number): void;
  judge(moment: Moment): CriterionState;
}

/** A criterion whose window ends is judged once, when the run is past the window; that verdict stays. Any other is judged again with each new reading. */
export function judgeCriterion(
  rule: CriterionRule,
  sources: readonly SourceRule[],
  { earlier, aliases = {} }: { earlier?: CriterionState | undefined; aliases?: Aliases | undefined } = {},
): CriterionJudge {
  const compiled = compileCriterion(rule.expr);
  const expected = describeExpected(rule);
  const state = ({ verdict, severity, observed, message }: Judged): CriterionState => ({
    ...{ name: rule.name, verdict, severity, expected, observed, message },
  });
  if (!compiled.ok) {
    const refused = state(without(rule, 'inconclusive', `cannot be judged: ${compiled.message}`));
    return { see: () => undefined, judge: () => refused };
  }
  const { expression } = compiled;
  const readings = collectReadings(expression, rule, sources, aliases);
  const judgePart = createPartJudge(expression, rule, sources);
  const ages = expression.series.some(({ functions }) => functions.has('age'));
  let settled = isClosed(rule.window) && earlier !== undefined && earlier.verdict !== 'pending' ? earlier : null;
  let latest: CriterionState | null = null;

  return {
    see(source, row, attempt, lane) {
      if (settled !== null) return;
      const at = Math.round(row.at);
      for (const part of readings.add(source, at === row.at ? row : { ...row, at }, attempt, lane)) {
        judgePart.see(part, at);
        latest = null;
      }
      if (readings.isFull()) latest = null;
    },
    judge(moment) {
      if (settled !== null) return settled;
      const passed = isPassed(rule, readings, moment);
      const waiting = isClosed(rule.window) && !passed && !moment.final ? describeWait(rule) : null;
      if (waiting !== null) return state(without(rule, 'pending', waiting));
      if (latest === null || moment.final || passed || (ages && !moment.behind)) {
        const parts = readings.parts().map((part) => ({ ...judgePart.judge(part, moment, passed), name: part.name ?? '' }));
        latest = state(joinAll(rule, parts, { isFull: readings.isFull(), isOver: passed || moment.final }));
      }
      if (!passed && !moment.final) return latest;
      settled = passed || !isClosed(rule.window) ? latest : withEarlyEnd(latest, moment.step);
      readings.drop();
      return settled;
    },
  };
}

function isPassed({ window }: CriterionRule, readings: CriterionReadings, { step, now, behind }: Moment): boolean {
  if (behind || !isClosed(window)) return false;
  if (window.kind === 'steps') return step !== null && step >= (window.to ?? Infinity);
  const end = readings.endsAt();
  return end !== null && now > end;
}

function describeWait({ window }: CriterionRule): string {
  if (window.kind === 'steps') return `judged when step ${window.to} is reached`;
  const to = window.kind === 'since-start' ? (window.to ?? 0) : 0;
  return `judged ${formatDuration(to)} after the first reading`;
}

function joinAll(
  rule: CriterionRule,
  parts: readonly NamedJudged[],
  { isFull, isOver }: { isFull: boolean; isOver: boolean },
): Judged {
  const { each = null } = rule;
  if (each === null) return parts[0] ?? without(rule, 'inconclusive', 'has no readings');
  const joined = joinParts(each.column, parts);
  if (isFull && joined?.verdict !== 'violated')
    return without(rule, 'inconclusive', `more values of "${each.column}" than can be told apart`);
  if (joined !== null) return joined;
  return isOver
    ? without(rule, 'inconclusive', `no reading has "${each.column}"`)
    : without(rule, 'pending', 'waits for the first reading');
}

interface PartJudge {
  /** After a new reading. */
  see(part: ReadingsPart, at: number): void;
  judge(part: ReadingsPart, moment: Moment, passed: boolean): Judged;
}

function createPartJudge(expression: CompiledCriterion, rule: CriterionRule, sources: readonly SourceRule[]): PartJudge {
  const { atLeast = 1, margin = 0, hold: holdRule = null, plausible = null } = rule;
  const holds = new Map<string | null, Hold>();

  return {
    see(part, at) {
      if (holdRule === null || part.fewest() < atLeast) return;
      const hold = holds.get(part.name) ?? createHold(holdRule);
      holds.set(part.name, hold);
      hold.take(conclude(part, at), at);
    },
    judge(part, { now, final }, passed) {
      const isOver = passed || final;
      if (!part.complete() && !isOver) return without(rule, 'pending', 'waits for the first reading');
      const count = part.fewest();
      if (count < atLeast && atLeast > 1) {
        const few = `has ${count} of the ${atLeast} readings it needs`;
        return without(rule, isOver ? 'inconclusive' : 'pending', part.explain() ?? few);
      }
      const hold = holds.get(part.name);
      if (hold === undefined) return conclude(part, now);
      const held = hold.read();
      return held.verdict === 'pending' && isOver ? { ...held, verdict: 'inconclusive' } : held;
    },
  };

  function conclude(part: ReadingsPart, now: number): Judged {
    const answer = expression.evaluate(part.read, { now, margin });
    const observed = describeMeasured(answer.measured, expression.series, sources);
    const [first] = answer.measured;
    const value = first !== undefined && answer.measured.length === 1 ? first.value : null;
    const judged = { severity: rule.severity, observed, value };
    if (answer.holds === null) return { ...judged, verdict: 'inconclusive', message: part.explain() ?? answer.reason };
    if (plausible !== null && value !== null && !isWithin(plausible, value)) {
      const message = `${observed ?? value} is not plausible, which is ${plausible.text}`;
      return { ...judged, verdict: 'violated', severity: 'red', message };
    }
    const outside = rule.expected === null || first === undefined ? null : describeBand(rule.expected, first.value);
    return { ...judged, verdict: answer.holds ? 'met' : 'violated', message: outside };
  }
}

function without({ severity }: CriterionRule, verdict: CriterionVerdict, message: string): Judged {
  return { verdict, severity, observed: null, value: null, message };
}

function withEarlyEnd(state: CriterionState, step: number | null): CriterionState {
  const end = `the run ended ${step === null ? 'before its first step' : `at step ${step}`}, before the window did`;
  return { ...state, message: state.message === null ? end : `${state.message}; ${end}` };
}
