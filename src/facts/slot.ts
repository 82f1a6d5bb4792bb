import type { AcceleratorAnswer } from './accelerators.ts';
import type { Facts } from './facts.ts';

/** The answer for whoever has these accelerators alone; null: all. One of which no tool tells the index is nobody's. */
export function answerForSlot(answer: AcceleratorAnswer, indices: readonly number[] | null): AcceleratorAnswer {
  if (indices === null || answer.kind !== 'found') return answer;
  const accelerators = answer.accelerators.filter(({ index }) => index !== null && indices.includes(index));
  return { ...answer, accelerators };
}

export function factsForSlot(facts: Facts, indices: readonly number[] | null): Facts {
  if (indices === null) return facts;
  const accelerators = answerForSlot(facts.accelerators, indices);
  const chips = accelerators.kind === 'found' ? accelerators.accelerators.length : null;
  return { ...facts, accelerators, tpu: facts.tpu && { ...facts.tpu, chips } };
}
