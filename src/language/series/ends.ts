import { comesBefore, describeMissing, finite, type Measurement, type Reading } from './reading.ts';

export type EndFunction = 'last' | 'first' | 'rate' | 'delta' | 'age';

interface Ends {
  add(reading: Reading): void;
  measure(name: EndFunction, now: number): Measurement;
}

interface Lane {
  first: Reading;
  last: Reading;
  /** The last with a value. */
  known: Reading | null;
}

/** The first and the last reading, missing ones too. */
export function collectEnds(): Ends {
  const lanes = new Map<number, Lane>();
  return {
    add(reading) {
      const lane = lanes.get(reading.lane);
      const known = isMissing(reading) ? null : reading;
      if (lane === undefined) lanes.set(reading.lane, { first: reading, last: reading, known });
      else {
        lane.last = reading;
        lane.known = known ?? lane.known;
      }
    },
    measure(name, now) {
      const all = [...lanes.values()];
      const first = all.map((lane) => lane.first).reduce((a, b) => (comesBefore(b, a) ? b : a));
      const last = all.map((lane) => lane.last).reduce((a, b) => (comesBefore(b, a) ? a : b));
      if (name === 'age') return measureAge(all, now);
      const gap = [...(name === 'last' ? [] : [first]), ...(name === 'first' ? [] : [last])].find(isMissing);
      if (gap !== undefined) return describeMissing(gap);
      const [before, after] = [first.y ?? NaN, last.y ?? NaN];
      if (name === 'first') return finite(before);
      if (name === 'last') return finite(after);
      if (name === 'delta') return finite(after - before);
      if (last.at <= first.at) return { unknown: 'has readings of one time only' };
      return finite(((after - before) / (last.at - first.at)) * 1000);
    },
  };
}

/** Never negative: a clock may have been set back. */
function measureAge(lanes: readonly Lane[], now: number): Measurement {
  const times = lanes.flatMap(({ known }) => (known === null ? [] : [known.at]));
  if (times.length === 0) return { unknown: 'has no reading with a value' };
  return { value: Math.max(0, now - Math.max(...times)) / 1000 };
}

function isMissing({ y }: Reading): boolean {
  return y === null || !Number.isFinite(y);
}
