import { expect, it } from 'vitest';
import { placesOverlap } from '../../src/language/place.ts';

it.each([
  ['box', 'box', true],
  ['box', 'box:gpu0', true],
  ['box:gpu0', 'box:gpu0', true],
  ['box:gpu0', 'box:gpu1', false],
  ['box:gpu0', 'box:gpu01', false],
  ['box', 'boxer', false],
  ['box', 'boxer:gpu0', false],
])("%s and %s are in each other's way: %s", (one, other, overlap) => {
  expect([placesOverlap(one, other), placesOverlap(other, one)]).toEqual([overlap, overlap]);
});
