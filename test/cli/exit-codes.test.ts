import { describe, expect, it } from 'vitest';
import { exitCodeMeanings, exitCodeOf, gravestOf } from '../../src/cli/exit-codes.ts';
import { exitCodes } from '../../src/errors.ts';

describe('the gravest of several runs', () => {
  it.each([
    { codes: [], gravest: 0 },
    { codes: [0, 0], gravest: 0 },
    { codes: [0, 5], gravest: 5 },
    { codes: [5, 4, 0], gravest: 4 },
    { codes: [4, 3, 5], gravest: 3 },
    { codes: [3, 1], gravest: 1 },
    { codes: [0, 3, 130], gravest: 130 },
  ] as const)('of $codes is $gravest', ({ codes, gravest }) => {
    expect(gravestOf(codes)).toBe(gravest);
  });
});

describe('an outcome', () => {
  it.each([
    { result: 'succeeded', reason: null, code: 0 },
    { result: 'failed', reason: 'no-go', code: 3 },
    { result: 'lost', reason: null, code: 3 },
    { result: 'halted', reason: null, code: 5 },
    { result: 'cancelled', reason: null, code: 5 },
    { result: 'cancelled', reason: 'interrupted', code: 5 },
    { result: 'cancelled', reason: 'connection-refused', code: 4 },
    { result: 'cancelled', reason: 'host-key-changed', code: 4 },
    { result: 'cancelled', reason: 'authentication-failed', code: 4 },
  ] as const)('$result ($reason) is exit code $code', ({ result, reason, code }) => {
    expect(exitCodeOf({ result, reason })).toBe(code);
  });
});

it('has a meaning for every exit code', () => {
  expect(exitCodeMeanings.map(({ code }) => code)).toEqual(Object.values(exitCodes));
});
