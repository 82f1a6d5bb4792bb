import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseVersionCondition, satisfiesVersion } from '../../src/language/version.ts';

describe('a version condition', () => {
  it.each([
    ['>=3.10', '3.10.4', true],
    ['>=3.10', '3.9.18', false],
    ['>=3.10', '3.10', true],
    ['>= 545', '535.183.01', false],
    ['>=545', '550.54.15', true],
    ['545', '550.54.15', true],
    ['>=3.10, <4', '4.0', false],
    ['>=2.7', '2.7.1+cu118', true],
    ['==2.7.1', '2.7.1+cu118', true],
    ['==3.10', '3.10.4', false],
    ['!=3.10', '3.10.0', false],
    ['<=3.10', '3.10.1', false],
    ['>3.10', 'v3.10.1rc1', true],
    ['<3.10', ' 3.9', true],
    ['>=3.10', 'unknown', null],
    ['>=3.10', '', null],
  ])('%s against %j', (condition, version, answer) => {
    expect(satisfiesVersion(parseVersionCondition(condition), version)).toBe(answer);
  });

  it.each(['', '3.x', '=>3.10', '>=', '3.10 4', '~=3.10', '>=1,'])('%j is refused', (text) => {
    expect(() => parseVersionCondition(text)).toThrow(
      new RangeError(`expected a version condition such as ">=3.10", got ${JSON.stringify(text)}`),
    );
  });

  it('orders versions as numbers, one way or the other', () => {
    const versions = fc.array(fc.nat({ max: 1_000 }), { minLength: 1, maxLength: 6 }).map((parts) => parts.join('.'));
    fc.assert(
      fc.property(versions, versions, (left, right) => {
        const [below, equal, above] = ['<', '==', '>'].map((operator) =>
          satisfiesVersion(parseVersionCondition(operator + right), left),
        );
        expect([below, equal, above].filter(Boolean)).toHaveLength(1);
      }),
    );
  });
});
