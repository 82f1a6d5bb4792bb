import { parseStep } from './cells.ts';
import type { Row } from './reading.ts';
import type { ProgressRule } from './rules.ts';

export interface Progress {
  step: number | null;
  of: number | null;
  ratePerSecond: number | null;
  etaSeconds: number | null;
}

export interface ProgressTracker {
  /** A row of the progress source, in the order of its file. Rows without a step never count. */
  add(row: Row, attempt: number, worker: number): void;
  readonly step: number | null;
  readonly attempt: number | null;
  /** The step that had been reached at a time; null before the first. */
  stepAt(at: number): number | null;
  /** The step of the last row that began before a place in the file; null before the first. Of a long file it is a little early. */
  stepBefore(position: number): number | null;
  /** Whether a record that counts came since the last call. */
  takeAdvance(): boolean;
  report(): Progress;
  /** How long the rate has been measured over. */
  measuredSeconds(): number;
}

/** One reading: every row that was read at one time counts as one, so that a batch is not taken for speed. */
interface Point {
  at: number;
  step: number;
}

/** Where in its file a step was reached. */
interface Place {
  position: number;
  step: number;
}

const keptPoints = 4096;
/** Twice as many places of rows are kept at most; then every other one goes. */
const keptPlaces = 16_384;
const rateWindowMs = 10 * 60_000;
const fewestRatePoints = 9;
const mostRatePoints = 64;
const shortestSpanMs = 2_000;
/** A clock that was set back by more than this starts the measurement again. */
const clockJumpMs = 60_000;

/** A step smaller than before counts only in another attempt or another file: within one file it is a second writer or an older row. */
export function trackProgress(rule: ProgressRule | null): ProgressTracker {
  const files = new Map<number, { attempt: number; position: number; step: number }>();
  let points: Point[] = [];
  let places: Place[] = [];
  let attempt: number | null = null;
  let step: number | null = null;
  let advanced = false;

  return {
    add(row, rowAttempt, worker) {
      const value = rule === null || row.step === null ? null : parseStep(row.columns[rule.column]);
      if (value === null || (attempt !== null && rowAttempt < attempt)) return;
      const file = files.get(worker);
      if (attempt === null || rowAttempt > attempt || (file !== undefined && row.position <= file.position)) {
        points = [];
        places = [];
        step = null;
        attempt = rowAttempt;
      }
      if (file?.step !== value || file.attempt !== rowAttempt || row.position <= file.position) advanced = true;
      files.set(worker, { attempt: rowAttempt, position: row.position, step: value });
      if (step !== null && value <= step) return;
      step = value;
      points = addPoint(points, { at: row.at, step });
      places = addPlace(places, { position: row.position, step });
    },
    get step() {
      return step;
    },
    get attempt() {
      return attempt;
    },
    stepAt: (at) => findLast(points, (point) => point.at <= at)?.step ?? null,
    stepBefore: (position) => findLast(places, (place) => place.position < position)?.step ?? null,
    takeAdvance() {
      const taken = advanced;
      advanced = false;
      return taken;
    },
    measuredSeconds: () => ((points.at(-1)?.at ?? 0) - (points[0]?.at ?? 0)) / 1000,
    report() {
      const of = rule?.of ?? null;
      const ratePerSecond = measureRate(points);
      const remaining = of === null || step === null ? null : Math.max(0, of - step);
      const etaSeconds = remaining === 0 ? 0 : remaining === null || ratePerSecond === null ? null : remaining / ratePerSecond;
      return { step, of, ratePerSecond, etaSeconds };
    },
  };
}

function addPoint(points: Point[], point: Point): Point[] {
  const last = points.at(-1);
  if (last === undefined || point.at > last.at) points.push(point);
  else if (point.at > last.at - clockJumpMs) last.step = point.step;
  else return [point];
  return points.length > 2 * keptPoints ? points.slice(-keptPoints) : points;
}

function addPlace(places: Place[], place: Place): Place[] {
  places.push(place);
  return places.length > 2 * keptPlaces ? places.filter((_, index) => index % 2 === 1) : places;
}

/** The last for which `holds`, of those in front that it holds for. */
function findLast<Item>(items: readonly Item[], holds: (item: Item) => boolean): Item | undefined {
  let [low, high] = [0, items.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    const item = items[middle];
    if (item !== undefined && holds(item)) low = middle + 1;
    else high = middle;
  }
  return items[low - 1];
}

/**
 * Steps over time inside a sliding window. Where a few readings brought far more than the others, as after a file was caught up
 * in pieces, the speed that held for most of the time is taken.
 */
function measureRate(points: Point[]): number | null {
  const recent = points.slice(-mostRatePoints);
  const last = recent.at(-1);
  if (last === undefined) return null;
  const inWindow = recent.filter(
    (point, index) => point.at >= last.at - rateWindowMs || index >= recent.length - fewestRatePoints,
  );
  const [first] = inWindow;
  if (first === undefined || last.at - first.at < shortestSpanMs) return null;
  const mean = (last.step - first.step) / (last.at - first.at);
  const usual = usualSpeed(inWindow);
  return (mean > 2 * usual ? usual : mean) * 1000;
}

/** The median of the speeds between neighbours, each weighed by how long it held. */
function usualSpeed(points: Point[]): number {
  const stretches = points.slice(1).map((point, index) => {
    const before = points[index] ?? point;
    const ms = point.at - before.at;
    return { ms, speed: (point.step - before.step) / ms };
  });
  stretches.sort((a, b) => a.speed - b.speed);
  const half = stretches.reduce((sum, { ms }) => sum + ms, 0) / 2;
  let reached = 0;
  return stretches.find(({ ms }) => (reached += ms) >= half)?.speed ?? 0;
}
