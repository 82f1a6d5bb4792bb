import { expect, it } from 'vitest';
import { backOffMs } from '../../src/engine/back-off.ts';

it('waits longer with every try, up to a ceiling', () => {
  const middle = (tries: number) => backOffMs(tries, () => 0.5);
  expect([1, 2, 3, 4, 20, 1_000].map(middle)).toEqual([1_000, 2_000, 4_000, 8_000, 60_000, 60_000]);
});

it('spreads tries by a half either way', () => {
  expect(backOffMs(3, () => 0)).toBe(2_000);
  expect(backOffMs(3, () => 0.999)).toBeCloseTo(5_996, 0);
});
