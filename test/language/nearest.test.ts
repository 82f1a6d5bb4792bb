import fc from 'fast-check';
import { expect, it } from 'vitest';
import { nearestName } from '../../src/language/nearest.ts';

it.each([
  ['prime', ['a4000', 'prime1', 'tpu1'], 'prime1'],
  ['connectTimeout', ['connect-timeout', 'keepalive'], 'connect-timeout'],
  ['montior', ['prepare', 'monitor'], 'monitor'],
  ['b2', ['a2', 'b1'], 'b1'],
  ['PORT', ['port', 'user'], 'port'],
  ['adress', ['address', 'addresses'], 'address'],
])('%s is near %j: %s', (name, candidates, nearest) => {
  expect(nearestName(name, candidates)).toBe(nearest);
});

it.each([
  ['zebra', ['port', 'user', 'address']],
  ['a', ['b', 'c']],
  ['port', []],
  ['x'.repeat(5000), ['x'.repeat(4999)]],
])('nothing is near %s', (name, candidates) => {
  expect(nearestName(name, candidates)).toBeNull();
});

it('a right name is always nearest to itself', () => {
  fc.assert(
    fc.property(fc.string({ minLength: 1, maxLength: 20 }), fc.array(fc.string({ maxLength: 20 })), (name, others) => {
      const nearest = nearestName(name, [...others, name]);
      expect(nearest?.toLowerCase()).toBe(name.toLowerCase());
    }),
  );
});
