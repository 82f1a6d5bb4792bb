import { describe, expect, it } from 'vitest';
import { matchesGlob } from '../../src/language/globs.ts';

describe('a glob', () => {
  it.each([
    ['*.pyc', 'a.pyc', true],
    ['*.pyc', 'deep/down/a.pyc', true],
    ['*.pyc', 'a.pyc.txt', false],
    ['.git', '.git', true],
    ['.git/', '.git', true],
    ['.git', 'a/.gitignore', false],
    ['/out', 'out', true],
    ['/out', 'a/out', false],
    ['./out', 'out', true],
    ['data/*.csv', 'data/a.csv', true],
    ['data/*.csv', 'data/b/a.csv', false],
    ['data/*.csv', 'x/data/a.csv', false],
    ['data/**/*.csv', 'data/a.csv', true],
    ['data/**/*.csv', 'data/b/c/a.csv', true],
    ['data/**', 'data/b/c', true],
    ['a?c', 'abc', true],
    ['a?c', 'a/c', false],
    ['a.c', 'abc', false],
    ['[x]', '[x]', true],
    ['*', '.hidden', true],
    ['new*', 'new\nline', true],
  ])('%s names %s: %s', (glob, path, named) => {
    expect(matchesGlob(['none', glob], path)).toBe(named);
  });
});
