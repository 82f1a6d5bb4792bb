import { describe, expect, it } from 'vitest';
import { parsePackageVersion } from '../../src/language/package-version.ts';

describe('the version of a package', () => {
  it.each([
    ['any', '0.1', true],
    ['>=2.1', '2.10.0', true],
    ['>=2.1', '2.0.9', false],
    ['>=2.1, <3', '3.0', false],
    ['==2.7.1', '2.7.1+cu118', true],
    ['==2.7.1+cu118', '2.7.1+cu118', true],
    ['==2.7.1+cu118', '2.7.1+cu121', false],
    ['==2.5.1+rocm6.2', '2.5.1', false],
    ['>=1', 'unknown', null],
  ])('%s accepts %s: %s', (condition, version, expected) => {
    expect(parsePackageVersion(condition)(version)).toBe(expected);
  });

  it.each(['2.7.1', '', 'latest', '>=two'])('%j is refused: it does not say what is meant', (text) => {
    expect(() => parsePackageVersion(text)).toThrow(/expected/);
  });
});
