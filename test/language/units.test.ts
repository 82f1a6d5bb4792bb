import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatDuration, formatSize, parseDuration, parseSize } from '../../src/language/units.ts';

describe('sizes', () => {
  it.each([
    ['80GB', 80e9],
    ['40 GiB', 40 * 2 ** 30],
    ['500MB', 500e6],
    ['1.5TB', 1.5e12],
    ['16376 MiB', 16376 * 2 ** 20],
    ['10kB', 10_000],
    ['0B', 0],
    [' 2GB ', 2e9],
  ])('%s is %d bytes, and keeps its text', (text, bytes) => {
    expect(parseSize(text)).toEqual({ bytes, text: text.trim() });
  });

  it.each([
    ['80', 'expected a size such as "80GB" or "40GiB", got "80", which has no unit'],
    ['', 'expected a size such as "80GB" or "40GiB", got ""'],
    ['-1GB', 'expected a size such as "80GB" or "40GiB", got "-1GB"'],
    ['80Gb', 'got "80Gb": the units are B, kB, KB, MB,'],
    ['80constructor', 'the units are'],
    ['9999999PB', 'which is too large'],
    ['1e3GB', 'got "1e3GB"'],
    ['.5GB', 'got ".5GB"'],
  ])('%j is refused', (text, message) => {
    expect(() => parseSize(text)).toThrow(RangeError);
    expect(() => parseSize(text)).toThrow(message);
  });

  it.each([
    [80e9, '80 GB'],
    [16376 * 2 ** 20, '17.2 GB'],
    [512, '512 B'],
    [0, '0 B'],
    [999_999, '1 MB'],
    [999, '999 B'],
    [1e18, '1000 PB'],
    [-2e9, '-2 GB'],
  ])('%d bytes are shown as %s', (bytes, text) => {
    expect(formatSize(bytes)).toBe(text);
  });

  it('what is shown reads back to within half a percent', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 8e15 }), (bytes) => {
        const back = parseSize(formatSize(bytes)).bytes;
        expect(Math.abs(back - bytes)).toBeLessThanOrEqual(bytes * 0.006);
      }),
    );
  });
});

describe('durations', () => {
  it.each([
    ['15m', 900],
    ['1h30m', 5400],
    ['10s', 10],
    ['2d', 172_800],
    ['500ms', 0.5],
    ['1.5h', 5400],
    ['2d 4h', 187_200],
    ['0s', 0],
    ['1m500ms', 60.5],
  ])('%s is %d seconds', (text, seconds) => {
    expect(parseDuration(text)).toBe(seconds);
  });

  it.each([
    ['90', 'expected a duration such as "15m" or "1h30m", got "90", which has no unit'],
    ['-5m', 'which is negative'],
    ['', 'got ""'],
    ['abc', 'got "abc"'],
    ['5 m', 'got "5 m"'],
    ['30m1h', 'the largest unit comes first'],
    ['1m1m', 'each stands once'],
    ['3weeks', 'the units are d, h, m, s, ms'],
    ['1toString', 'got "1toString"'],
    ['99999999999999999d', 'which is too long'],
    ['1.2.3s', 'got "1.2.3s"'],
  ])('%j is refused', (text, message) => {
    expect(() => parseDuration(text)).toThrow(RangeError);
    expect(() => parseDuration(text)).toThrow(message);
  });

  it('a long run of digits is answered at once', () => {
    expect(() => parseDuration('1'.repeat(100_000) + '!')).toThrow(RangeError);
  });

  it.each([
    [0, '0s'],
    [0.5, '500ms'],
    [2.5, '2.5s'],
    [59.6, '1m'],
    [90, '1m30s'],
    [900, '15m'],
    [5400, '1h30m'],
    [86_399, '1d'],
    [187_200, '2d4h'],
    [3_715_200, '43d'],
    [0.9999, '1s'],
    [-90, '-1m30s'],
  ])('%d seconds are shown as %s', (seconds, text) => {
    expect(formatDuration(seconds)).toBe(text);
  });

  it('what is shown reads back to within its own precision', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1e9 }), (seconds) => {
        expect(Math.abs(parseDuration(formatDuration(seconds)) - seconds)).toBeLessThanOrEqual(Math.max(0.5, seconds * 0.05));
      }),
    );
  });
});
