import { readLimits, type Bound, type Limit } from '../../language/limits.ts';
import type { Criterion, Window } from '../playbook.ts';
import type { Finding, Planned } from './finding.ts';

/** Criteria that cannot hold, that contradict each other, or that are never decided. */
export function lintCriteria(planned: Planned): Finding[] {
  const criteria = planned.monitor?.criteria ?? [];
  // A window is passed when progress has reached its end.
  const steps = planned.monitor?.progress?.of ?? planned.work?.steps ?? null;
  return [...lintLimits(criteria), ...criteria.flatMap(lintBand), ...(steps === null ? [] : lintWindows(criteria, steps))];
}

/** A limit with the criterion that it is part of. */
interface Placed {
  index: number;
  name: string;
  window: Window;
  limit: Limit;
}

/** Told of the later one of two. */
function lintLimits(criteria: readonly Criterion[]): Finding[] {
  const placed = criteria.flatMap(({ name, window, expr }, index) =>
    readLimits(expr).map((limit): Placed => ({ index, name, window, limit })),
  );
  return placed.flatMap((later, position) => {
    const earlier = placed.slice(0, position).find((one) => contradict(one, later) || contradict(later, one));
    if (earlier === undefined) return [];
    const both = `${sayLimit(later)} and ${sayLimit(earlier)}`;
    const whose = earlier.index === later.index ? 'at once' : `of ${JSON.stringify(earlier.name)}`;
    return [
      {
        path: ['monitor', 'criteria', later.index, 'expr'],
        message: earlier.index === later.index ? `${both} cannot hold ${whose}` : `${both} ${whose} cannot both hold`,
        suggestion: 'change one of the limits',
      },
    ];
  });
}

/** Whether `lower` demands at least what `upper` forbids, of two values of which the first is never above the second. */
function contradict(lower: Placed, upper: Placed): boolean {
  const [low, high] = [lower.limit.low, upper.limit.high];
  return low !== null && high !== null && isBeyond(low, high) && isNeverAbove(lower, upper);
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
  return inner.kind === 'steps' && outer.from <= inner.from && inner.to <= outer.to;
}

function overlap(one: Window, other: Window): boolean {
  return one.kind === 'whole' || other.kind === 'whole' || (one.from <= other.to && other.from <= one.to);
}

function sayLimit({ limit, window }: Placed): string {
  return window.kind === 'whole' ? limit.text : `${limit.text} over steps ${window.from}..${window.to}`;
}

/** What is expected lies where the criterion does not hold. */
function lintBand({ expr, expected }: Criterion, index: number): Finding[] {
  const [limit, ...others] = readLimits(expr);
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
    if (window.kind === 'whole' || window.to <= steps) return [];
    const [from, to] = [window.from, window.to];
    const message =
      from > steps
        ? `the run has ${steps} steps and ends before step ${from}: this can never be decided`
        : `the run has ${steps} steps and never reaches step ${to}: this is decided only when it ends, on part of the window`;
    return [{ path: ['monitor', 'criteria', index, 'window'], message, suggestion: `end the window at step ${steps} or before` }];
  });
}
