import { describe, expect, it } from 'vitest';
import { holds, judgeConditions } from '../../src/engine/entries/conditions.ts';
import type { Condition } from '../../src/playbook/entries/entry.ts';

const within: Condition = { kind: 'within', range: { low: 4, high: 8, text: '4..8' } };

describe('a value', () => {
  it.each<[string, Condition, unknown, boolean]>([
    ['a number is the same number, however it is written', { kind: 'equals', value: 2.0e-4 }, '0.0002', true],
    ['a number is no other number', { kind: 'equals', value: 1 }, 1.0000001, false],
    ['text is that text', { kind: 'equals', value: 'bf16' }, 'bf16', true],
    ['text that looks like a number stays text', { kind: 'equals', value: '1' }, 1, false],
    ['true is not the text "true"', { kind: 'equals', value: true }, 'true', false],
    ['an empty text is not 0', { kind: 'equals', value: 0 }, '', false],
    ['nothing is not 0', { kind: 'equals', value: 0 }, undefined, false],
    ['one of several', { kind: 'one-of', values: ['a', 2] }, '2', true],
    ['none of several', { kind: 'one-of', values: ['a', 2] }, 'b', false],
    ['inside a range', within, 8, true],
    ['outside a range', within, 8.5, false],
    ['NaN is in no range', within, NaN, false],
    ['text is in no range', within, 'six', false],
    ['a pattern', { kind: 'matches', pattern: '^v\\d' }, 'v2', true],
    ['a mapping is like no pattern', { kind: 'matches', pattern: '.*' }, {}, false],
    ['set', { kind: 'set', set: true }, 'x', true],
    ['empty is not set', { kind: 'set', set: true }, '', false],
    ['not set', { kind: 'set', set: false }, undefined, true],
  ])('%s', (_, condition, found, expected) => {
    expect(holds(condition, found)).toBe(expected);
  });
});

it('what does not hold is named, expected beside found', () => {
  const expect_ = { lr: { kind: 'equals', value: 0.1 }, steps: within, ok: { kind: 'equals', value: 1 } } as const;
  const found: Record<string, unknown> = { lr: 0.2, ok: 1 };
  expect(judgeConditions(expect_, (name) => found[name])).toEqual({
    result: 'fail',
    expected: 'lr = 0.1, steps within 4..8, ok = 1',
    observed: 'lr = 0.2 instead of 0.1, steps = nothing',
    message: null,
  });
});

it('a value that is only asked for being there is never shown', () => {
  const { observed } = judgeConditions({ API_KEY: { kind: 'set', set: false } }, () => 'hunter2');
  expect(observed).toBe('API_KEY is set');
});
