import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { collectSeries, seriesFunctions, type SeriesFunction } from '../../src/language/series.ts';
import { measureDistance } from '../../src/language/series/by-step.ts';
import type { Reading } from '../../src/language/series/reading.ts';

const everything = new Set<SeriesFunction>([...seriesFunctions, 'distance']);

function collect(readings: readonly Reading[]) {
  const series = collectSeries(everything);
  for (const reading of readings) series.add(reading);
  return series;
}

function measureAll(readings: readonly Reading[]) {
  const series = collect(readings);
  return seriesFunctions.map((name) => series.measure(name, 1e6));
}

function readingsOf(values: readonly number[]): Reading[] {
  return values.map((y, index) => ({ x: index, y, step: index, at: index * 1000, attempt: 1, lane: 0 }));
}

function valueOf(name: (typeof seriesFunctions)[number], values: readonly number[]): number {
  const measurement = collect(readingsOf(values)).measure(name, 0);
  return 'value' in measurement ? measurement.value : NaN;
}

const value = fc.oneof(
  { weight: 9, arbitrary: fc.double({ min: -1e6, max: 1e6, noNaN: true }) },
  { weight: 1, arbitrary: fc.constantFrom(null, NaN, 0) },
);
const lane = fc.array(fc.record({ y: value, at: fc.nat(50), step: fc.nat(30) }), { maxLength: 30 });

describe('a series of several lanes', () => {
  it('gives the same, however the lanes were interleaved', () => {
    fc.assert(
      fc.property(fc.array(lane, { minLength: 1, maxLength: 4 }), fc.array(fc.nat(3), { maxLength: 150 }), (lanes, turns) => {
        const rows = lanes.map((readings, number) =>
          readings.map((each): Reading => ({ ...each, x: each.step, attempt: 1, lane: number })),
        );
        const waiting = rows.map((readings) => [...readings]);
        const interleaved: Reading[] = [];
        for (const turn of turns) interleaved.push(...(waiting[turn]?.splice(0, 1) ?? []));
        interleaved.push(...waiting.flat());
        expect(measureAll(interleaved)).toEqual(measureAll(rows.flat()));
      }),
    );
  });

  it('asked in between gives the same in the end', () => {
    fc.assert(
      fc.property(lane, (readings) => {
        const rows = readings.map((each): Reading => ({ ...each, x: each.step, attempt: 1, lane: 0 }));
        const asked = collectSeries(everything);
        for (const row of rows) {
          asked.add(row);
          for (const name of seriesFunctions) asked.measure(name, 0);
        }
        expect(seriesFunctions.map((name) => asked.measure(name, 1e6))).toEqual(measureAll(rows));
      }),
    );
  });
});

describe('a series of more readings than are kept', () => {
  const many = Array.from({ length: 120_000 }, (_, index) => 40 + 20 * Math.sin(index) ** 2 + index / 10_000);

  it('has quantiles within a thousandth of the exact ones', () => {
    const sorted = [...many].sort((a, b) => a - b);
    for (const [name, fraction] of [
      ['p50', 0.5],
      ['p95', 0.95],
    ] as const) {
      const exact = sorted[Math.round((sorted.length - 1) * fraction)] ?? NaN;
      expect(Math.abs(valueOf(name, many) / exact - 1)).toBeLessThan(0.0011);
    }
  });

  it('has quantiles of values of every size and sign', () => {
    const wide = Array.from({ length: 30_001 }, (_, index) => Math.sign(index - 15_000) * 10 ** ((index % 300) / 10 - 15));
    const sorted = [...wide].sort((a, b) => a - b);
    const exact = sorted[28_500] ?? NaN;
    expect(Math.abs(valueOf('p95', wide) / exact - 1)).toBeLessThan(0.02);
    expect(valueOf('p50', wide)).toBe(0);
  });

  it('has the sums and ends of all of them', () => {
    const mean = many.reduce((sum, each) => sum + each, 0) / many.length;
    expect(valueOf('mean', many)).toBeCloseTo(mean, 6);
    expect(valueOf('count', many)).toBe(many.length);
    expect(valueOf('min', many)).toBe(Math.min(...many.slice(0, 10_000)));
    expect(valueOf('last', many)).toBe(many.at(-1));
    expect(valueOf('slope', readingsOfLine(120_000))).toBeCloseTo(0.5, 9);
  });

  it('has a growth that an outlier in every hundred does not change', () => {
    const growing = Array.from({ length: 120_000 }, (_, index) => (index % 100 === 7 ? 1e9 : 100 + index / 1_200));
    expect(valueOf('growth', growing)).toBeCloseTo(0.86, 1);
    expect(valueOf('growth', growing.slice(0, 9_000))).toBeCloseTo(0.067, 2);
  });

  it('is compared at some of its steps', () => {
    const [one, other] = [readingsOf(many), readingsOf(many.map((each) => each * 0.9))].map(
      (readings) => collect(readings).bySteps,
    );
    const distance = one && other ? measureDistance(one, other) : null;
    expect(distance).toEqual({ value: expect.closeTo(0.1, 6) as number });
  });
});

function readingsOfLine(length: number): number[] {
  return Array.from({ length }, (_, index) => 7 + index / 2);
}
