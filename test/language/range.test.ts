import { describe, expect, it } from 'vitest';
import { isWithin, parseBand, parseDurationRange, parseRange, parseSizeRange, parseTolerance } from '../../src/language/range.ts';
import { parseSize } from '../../src/language/units.ts';

describe('a range', () => {
  it.each([
    ['45..55', 45, 55],
    [' 45 .. 55.5 ', 45, 55.5],
    ['-1..1', -1, 1],
    ['1e-4..2e-4', 1e-4, 2e-4],
    ['>= 39', 39, null],
    ['<=0.05', null, 0.05],
    ['10', 10, 10],
  ])('%s', (text, low, high) => {
    expect(parseRange(text)).toEqual({ low, high, text: text.trim() });
  });

  it('has units where the author gives them', () => {
    expect(parseDurationRange('15h..20h')).toMatchObject({ low: 54_000, high: 72_000 });
    expect(parseSizeRange('>= 1MiB')).toMatchObject({ low: 2 ** 20, high: null });
    expect(parseBand('45..55')).toMatchObject({ low: 45, high: 55 });
    expect(parseBand('25GB..30GB')).toMatchObject({ low: 25e9, high: 30e9 });
    expect(parseBand('1s..2m')).toMatchObject({ low: 1, high: 120 });
    expect(parseTolerance('500MB', '20%', (text) => parseSize(text).bytes)).toEqual({
      low: 400e6,
      high: 600e6,
      text: '500MB ± 20%',
    });
  });

  it.each([
    ['', 'expected a number, got ""'],
    ['often', 'expected a number, got "often"'],
    ['55..45', 'expected the smaller end first, got "55..45"'],
    ['1..2..3', 'expected a range such as "45..55", got "1..2..3"'],
    ['1..', 'expected a number, got ""'],
    ['0x10', 'expected a number, got "0x10"'],
    ['NaN', 'expected a number, got "NaN"'],
  ])('%j is refused', (text, message) => {
    expect(() => parseRange(text)).toThrow(new RangeError(message));
  });

  it('refuses units that do not belong, and a tolerance without percent', () => {
    expect(() => parseDurationRange('15..20')).toThrow(RangeError);
    expect(() => parseBand('25GB..2h')).toThrow(
      new RangeError('expected a range such as "45..55" or "25GB..30GB", got "25GB..2h"'),
    );
    expect(() => parseTolerance('500MB', '20', Number)).toThrow(new RangeError('expected a tolerance such as "20%", got "20"'));
  });

  it('includes both ends', () => {
    const band = parseRange('45..55');
    expect([44.9, 45, 55, 55.1, NaN].map((value) => isWithin(band, value))).toEqual([false, true, true, false, false]);
    expect(isWithin(parseRange('>= 1'), 1e9)).toBe(true);
  });
});
