import { compileCriterion } from '../../language/criterion.ts';
import { readLimits, type Bound, type Limit } from '../../language/limits.ts';
import { describeWindow, type Window } from '../../language/window.ts';
import type { Criterion, MetricSource } from '../monitor/monitor.ts';
import type { Finding, Planned } from './finding.ts';

/** Criteria that cannot hold, that contradict each other, or that are never decided. */
export function lintCriteria(planned: Planned): Finding[] {
  const criteria = planned.monitor?.criteria ?? [];
  // A window is passed when progress has reached its end.
  const steps = planned.monitor?.progress?.of ?? planned.work?.steps ?? null;
  return [
    ...lintLimits(criteria),
    ...criteria.flatMap(lintBand),
    ...(steps === null ? [] : lintWindows(criteria, steps)),
    ...criteria.flatMap((criterion, index) => lintReadings(criterion, index, planned.monitor?.metrics ?? [])),
  ];
}

/** A limit with the criterion that it is part of. */
interface Placed {
  index: number;
  criterion: Criterion;
  window: Window;
  limit: Limit;
}

/** Told of the later one of two. */
function lintLimits(criteria: readonly Criterion[]): Finding[] {
  const placed = criteria.flatMap((criterion, index) =>
    limitsOf(criterion).map((limit): Placed => ({ index, criterion, window: criterion.window, limit })),
  );
  return placed.flatMap((later, position) => {
    const earlier = placed.slice(0, position).find((one) => contradict(one, later) || contradict(later, one));
    if (earlier === undefined) return [];
    const both = `${sayLimit(later)} and ${sayLimit(earlier)}`;
    const whose = earlier.index === later.index ? 'at once' : `of ${JSON.stringify(earlier.criterion.name)}`;
    return [
      {
        path: ['monitor', 'criteria', later.index, 'expr'],
        message: earlier.index === later.index ? `${both} cannot hold ${whose}` : `${both} ${whose} cannot both hold`,
        suggestion: 'change one of the limits',
      },
    ];
  });
}

/** A limit with a margin is not the one that counts. */
function limitsOf({ expr, margin = 0 }: Criterion): Limit[] {
  return margin === 0 ? readLimits(expr) : [];
}

/** Whether `lower` demands at least what `upper` forbids, of two values of which the first is never above the second. */
function contradict(lower: Placed, upper: Placed): boolean {
  const [low, high] = [lower.limit.low, upper.limit.high];
  if (low === null || high === null || !isBeyond(low, high)) return false;
  return seeTheSame(lower.criterion, upper.criterion) && isNeverAbove(lower, upper);
}

/** But for their windows. */
function seeTheSame(one: Criterion, other: Criterion): boolean {
  const [left, right] = [one, other].map(({ each = null, warmUp = 0 }) => JSON.stringify([each, warmUp]));
  return left === right;
}

function isBeyond(low: Bound, high: Bound): boolean {
  return low.value > high.value || (low.value === high.value && !(low.included && high.included));
}

/** Measures that lie between the smallest and the largest reading. */
const between = ['min', 'max', 'mean', 'last', 'p50', 'p95'];

function isNeverAbove(one: Placed, other: Placed): boolean {
  if (one.limit.series !== other.limit.series) return false;
  const [small, large] = [one.limit.measure, other.limit.measure];
  const sameWindow = contains(one.window, other.window) && contains(other.window, one.window);
  if (sameWindow && (small === large || (small === 'p50' && large === 'p95'))) return true;
  if (!between.includes(small) || !between.includes(large)) return false;
  if (small === 'min' && large === 'max') return overlap(one.window, other.window);
  return (large === 'max' && contains(other.window, one.window)) || (small === 'min' && contains(one.window, other.window));
}

function contains(outer: Window, inner: Window): boolean {
  if (outer.kind === 'whole') return true;
  if (outer.kind === 'samples') return inner.kind === 'samples' && inner.count <= outer.count;
  if (outer.kind === 'time') return inner.kind === 'time' && inner.seconds <= outer.seconds;
  return inner.kind === outer.kind && outer.from <= inner.from && endOf(inner) <= endOf(outer);
}

function overlap(one: Window, other: Window): boolean {
  if (one.kind === 'whole' || other.kind === 'whole') return true;
  if (!isSpan(one) || !isSpan(other)) return !isSpan(one) && !isSpan(other);
  return one.kind === other.kind && one.from <= endOf(other) && other.from <= endOf(one);
}

type Span = Extract<Window, { from: number }>;

function isSpan(window: Window): window is Span {
  return window.kind === 'steps' || window.kind === 'since-start';
}

function endOf({ to }: Span): number {
  return to ?? Infinity;
}

function sayLimit({ limit, window }: Placed): string {
  return window.kind === 'whole' ? limit.text : `${limit.text} over ${describeWindow(window)}`;
}

/** What is expected lies where the criterion does not hold. */
function lintBand(criterion: Criterion, index: number): Finding[] {
  const { expected } = criterion;
  const [limit, ...others] = limitsOf(criterion);
  if (expected === null || limit === undefined || others.length > 0) return [];
  const above = limit.high !== null && expected.low !== null && isBeyond(included(expected.low), limit.high);
  const below = limit.low !== null && expected.high !== null && isBeyond(limit.low, included(expected.high));
  if (!above && !below) return [];
  return [
    {
      path: ['monitor', 'criteria', index, 'expected'],
      message: `every value in ${expected.text} violates ${limit.text}`,
      suggestion: 'change the band or the limit',
    },
  ];
}

function included(value: number): Bound {
  return { value, included: true };
}

function lintWindows(criteria: readonly Criterion[], steps: number): Finding[] {
  return criteria.flatMap(({ window }, index) => {
    if (window.kind !== 'steps') return [];
    const { from, to } = window;
    if (to === null ? from <= steps : to <= steps) return [];
    const message =
      from > steps
        ? `the run has ${steps} steps and ends before step ${from}: this can never be decided`
        : `the run has ${steps} steps and never reaches step ${to}: this is decided only when it ends, on part of the window`;
    return [{ path: ['monitor', 'criteria', index, 'window'], message, suggestion: `end the window at step ${steps} or before` }];
  });
}

/** More readings are asked for than the window can have. Of a step there is one, but for accelerators. */
function lintReadings(criterion: Criterion, index: number, metrics: readonly MetricSource[]): Finding[] {
  const { window, expr, warmUp = 0, atLeast = 1 } = criterion;
  const most = mostReadings(window);
  const compiled = compileCriterion(expr);
  const read = compiled.ok ? compiled.expression.series.map(({ source }) => source) : [];
  const sampled = metrics.some(({ kind, name }) => kind === 'accelerators' && read.includes(name));
  const leftOut = window.kind === 'steps' ? warmUp : 0;
  if (most === null || (sampled && window.kind === 'steps') || most - leftOut >= atLeast) return [];
  const [key, needs] =
    leftOut >= most
      ? ['warm-up', `leaves out ${leftOut}`]
      : ['at-least', `asks for ${atLeast}${leftOut === 0 ? '' : ` after a warm-up of ${leftOut}`}`];
  return [
    {
      path: ['monitor', 'criteria', index, key],
      message: `${describeWindow(window)} has at most ${most} readings, and "${key}" ${needs}: this can never be decided`,
      suggestion: 'change one of the two',
    },
  ];
}

function mostReadings(window: Window): number | null {
  if (window.kind === 'samples') return window.count;
  return window.kind === 'steps' && window.to !== null ? window.to - window.from + 1 : null;
}
