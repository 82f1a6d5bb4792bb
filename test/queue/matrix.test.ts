import { expect, test } from 'vitest';
import { expandMatrix, nameCombination } from '../../src/queue/matrix.ts';

function names(words: { matrix?: string[]; include?: string[]; exclude?: string[] }): string[] {
  return expandMatrix({ matrix: [], include: [], exclude: [], ...words }).map(nameCombination);
}

test('a matrix is every combination of its values, in the order of the words', () => {
  expect(names({ matrix: ['lr=0.1,0.01', 'seed=1,2'] })).toEqual([
    'lr=0.1 seed=1',
    'lr=0.1 seed=2',
    'lr=0.01 seed=1',
    'lr=0.01 seed=2',
  ]);
  expect(names({})).toEqual(['']);
});

test('combinations are left out and added', () => {
  expect(names({ matrix: ['lr=0.1,0.01', 'seed=1,2'], exclude: ['lr=0.01,seed=2', 'seed=1'], include: ['lr=9'] })).toEqual([
    'lr=0.1 seed=2',
    'lr=9',
  ]);
  expect(names({ include: ['lr=1', 'lr=2'] })).toEqual(['lr=1', 'lr=2']);
});

test.each([
  [{ matrix: ['lr=1,2'], include: ['lr=1'] }, 'the same point comes twice: lr=1'],
  [{ matrix: ['lr=1,1'] }, '--matrix: "lr=1,1" has "1" twice'],
  [{ matrix: ['lr=1', 'lr=2'] }, '--matrix: "lr" is given twice'],
  [{ matrix: ['lr'] }, '--matrix: expected NAME=A,B,C, got "lr"'],
  [{ matrix: ['lr=1,'] }, '--matrix: expected NAME=A,B,C, got "lr=1,"'],
  [{ matrix: ['lr=1'], exclude: ['lr=3'] }, '--exclude: no combination has lr=3'],
  [{ matrix: ['lr=1'], exclude: ['lr=1'] }, '--exclude: nothing is left of the matrix'],
  [{ include: ['lr'] }, '--include: expected NAME=VALUE,NAME=VALUE, got "lr"'],
])('%j is refused', (words, message) => {
  expect(() => names(words)).toThrow(message);
});
