import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { expandRange } from '../../src/inventory/ranges.ts';

describe('ranges of names', () => {
  it.each([
    ['prime1', ['prime1']],
    ['node[01-03]', ['node01', 'node02', 'node03']],
    ['node[8-11]', ['node8', 'node9', 'node10', 'node11']],
    ['node[098-101]', ['node098', 'node099', 'node100', 'node101']],
    ['n[01-100]x', Array.from({ length: 100 }, (_, index) => `n${String(index + 1).padStart(2, '0')}x`)],
    ['10.164.0.[1-3]', ['10.164.0.1', '10.164.0.2', '10.164.0.3']],
    ['gpu[01-03,7]-r[1-2]', ['gpu01-r1', 'gpu01-r2', 'gpu02-r1', 'gpu02-r2', 'gpu03-r1', 'gpu03-r2', 'gpu7-r1', 'gpu7-r2']],
    ['n[5]', ['n5']],
    ['n[0-1]', ['n0', 'n1']],
    ['n[ 1 , 3-4 ]', ['n1', 'n3', 'n4']],
  ])('%s', (text, names) => {
    expect(expandRange(text)).toEqual(names);
  });

  it.each([
    ['node[1-1000000]', '"node[1-1000000]" has a range of 1000000 numbers: at most 1024 are allowed'],
    ['node[1-999999999999999]', 'has a range of 999999999999999 numbers'],
    ['a[1-100]b[1-100]', '"a[1-100]b[1-100]" stands for 10000 names: at most 4096 are allowed'],
    ['a[1-1024]b[1-1024]c[1-1024]d[1-1024]e[1-1024]f[1-1024]', 'at most 4096'],
    ['node[1-99999999999999999999]', 'got "1-99999999999999999999"'],
    ['node[8-1]', '"8-1" counts down'],
    ['node[1-08]', 'both ends of "1-08" need the same number of digits'],
    ['node[', 'has a "[" without its "]"'],
    ['node]', 'has a "]" without its "["'],
    ['node[]', 'expected numbers such as "1-8" or "01-03,7" in the brackets, got ""'],
    ['node[a-c]', 'got "a-c"'],
    ['node[1--3]', 'got "1--3"'],
    ['node[1-3,2]', '"node[1-3,2]" names "node2" twice'],
    ['node[1-9/2]', 'got "1-9/2"'],
  ])('%s is refused', (text, message) => {
    expect(() => expandRange(text)).toThrow(RangeError);
    expect(() => expandRange(text)).toThrow(message);
  });

  it('a range gives as many different names as it counts, in order', () => {
    fc.assert(
      fc.property(fc.nat(5000), fc.nat(900), fc.integer({ min: 1, max: 6 }), (low, more, width) => {
        const high = low + more;
        const digits = Math.max(width, String(low).length);
        const text = `n[${String(low).padStart(digits, '0')}-${String(high).padStart(digits, '0')}]`;
        const names = expandRange(text);
        expect(new Set(names).size).toBe(more + 1);
        expect(names.map((name) => Number(name.slice(1)))).toEqual(names.map((_, index) => low + index));
      }),
      { numRuns: 30 },
    );
  });

  it('any text gives names or a RangeError', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('a', '[', ']', '-', ',', '1', '0', '9') }), (text) => {
        try {
          expect(expandRange(text).length).toBeLessThanOrEqual(4096);
        } catch (error) {
          expect(error).toBeInstanceOf(RangeError);
        }
      }),
    );
  });
});
