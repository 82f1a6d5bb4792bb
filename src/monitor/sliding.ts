import { collectSeries, type Series, type SeriesFunction } from '../language/series.ts';
import { comesBefore, type Reading } from '../language/series/reading.ts';
import type { Window } from '../language/window.ts';

type Sliding = Extract<Window, { kind: 'samples' | 'time' }>;

const mostKept = 10_000;

/** A series of its newest readings. Of a time, at most the newest ten thousand of each lane. */
export function collectNewest(window: Sliding, functions: ReadonlySet<SeriesFunction>): Series {
  const lanes = new Map<number, Reading[]>();
  const most = window.kind === 'samples' ? window.count : mostKept;
  let current: Series | null = null;
  const read = () => (current ??= collectFrom(choose([...lanes.values()], window), functions));
  return {
    add(reading) {
      current = null;
      const lane = lanes.get(reading.lane);
      if (lane === undefined) lanes.set(reading.lane, [reading]);
      else {
        lane.push(reading);
        if (lane.length >= 2 * most) lane.splice(0, lane.length - most);
      }
    },
    measure: (name, now) => read().measure(name, now),
    get size() {
      return read().size;
    },
    get bySteps() {
      return read().bySteps;
    },
  };

  function choose(all: readonly Reading[][], { kind }: Sliding): Reading[] {
    const newest = all.map((lane) => lane.slice(-most));
    const readings = newest.length === 1 ? (newest[0] ?? []) : mergeLanes(newest);
    if (kind === 'samples') return readings.slice(-most);
    const last = readings.reduce((latest, { at }) => Math.max(latest, at), -Infinity);
    const after = last - (window.kind === 'time' ? window.seconds : 0) * 1000;
    return readings.filter(({ at }) => at > after);
  }
}

/** By attempt and time; those of one lane stay in the order of their file as far as their times allow. */
function mergeLanes(lanes: readonly Reading[][]): Reading[] {
  return lanes.flat().sort((a, b) => Number(comesBefore(b, a)) - Number(comesBefore(a, b)));
}

function collectFrom(readings: readonly Reading[], functions: ReadonlySet<SeriesFunction>): Series {
  const series = collectSeries(functions);
  for (const reading of readings) series.add(reading);
  return series;
}
