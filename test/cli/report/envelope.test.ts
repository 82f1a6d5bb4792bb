import fc from 'fast-check';
import { expect, it } from 'vitest';
import { drawEnvelope } from '../../../src/cli/report/envelope.ts';

it('a series of any length keeps its order, its ends and its largest and smallest reading, in bounded space', () => {
  fc.assert(
    fc.property(fc.array(fc.double({ noNaN: true, noDefaultInfinity: true }), { minLength: 1, maxLength: 5000 }), (readings) => {
      const envelope = drawEnvelope();
      for (const [index, reading] of readings.entries()) envelope.add(index, reading);
      const stretches = envelope.read();
      expect(stretches.length).toBeLessThanOrEqual(601);
      expect(stretches[0]?.x).toBe(0);
      expect(stretches.map(({ x }) => x)).toEqual(stretches.map(({ x }) => x).toSorted((a, b) => a - b));
      expect(stretches.reduce((least, { min }) => Math.min(least, min), Infinity)).toBe(Math.min(...readings));
      expect(stretches.reduce((most, { max }) => Math.max(most, max), -Infinity)).toBe(Math.max(...readings));
    }),
    { numRuns: 30 },
  );
});

it('a spike of one reading among a million is still seen', () => {
  const envelope = drawEnvelope();
  for (let step = 0; step < 1_000_000; step += 1) envelope.add(step, step === 777_777 ? 50 : 1);
  expect(envelope.read().filter(({ max }) => max === 50)).toHaveLength(1);
});
