import { expect, it } from 'vitest';
import type { Facts } from '../../src/facts/facts.ts';
import { unknownAccelerator, type AcceleratorAnswer } from '../../src/facts/accelerators.ts';
import { answerForSlot, factsForSlot } from '../../src/facts/slot.ts';
import { acceleratorOf, factsOf, found as foundOf } from './facts-support.ts';

const found: AcceleratorAnswer = {
  kind: 'found',
  accelerators: [0, 1, null, 10].map((index) => ({ ...unknownAccelerator('nvidia'), index })),
  problems: ['one was lost'],
};
const indicesOf = (answer: AcceleratorAnswer) => (answer.kind === 'found' ? answer.accelerators.map(({ index }) => index) : null);

it('a slot has the accelerators of its indices, and never one whose index nobody tells', () => {
  expect(indicesOf(answerForSlot(found, [1, 10]))).toEqual([1, 10]);
  expect(indicesOf(answerForSlot(found, [3]))).toEqual([]);
  expect(answerForSlot(found, [0])).toMatchObject({ problems: ['one was lost'] });
});

it('whoever has the whole host has all of them', () => {
  expect(answerForSlot(found, null)).toBe(found);
});

it('a slot of a TPU has as many chips of the slice as it has itself', () => {
  const chips = [0, 1, 2, 3].map((index) => acceleratorOf({ vendor: 'google', index }));
  const facts = factsOf({ accelerators: foundOf(...chips), tpu: { chips: 4 } as Facts['tpu'] });
  expect(factsForSlot(facts, [1, 2])).toMatchObject({ tpu: { chips: 2 } });
  expect(factsForSlot(facts, null)).toBe(facts);
});

it('an answer that lists nothing stays what it is', () => {
  expect(answerForSlot({ kind: 'no-tool' }, [0])).toEqual({ kind: 'no-tool' });
});
