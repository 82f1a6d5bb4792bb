import { describe, expect, it } from 'vitest';
import { describeWindow, isClosed, parseWindow, type Window } from '../../src/language/window.ts';

describe('a window', () => {
  it.each<[string, Window, string]>([
    ['steps 20..100', { kind: 'steps', from: 20, to: 100 }, 'steps 20..100'],
    ['steps 100 ..', { kind: 'steps', from: 100, to: null }, 'steps 100..'],
    ['since start 0s..60m', { kind: 'since-start', from: 0, to: 3600 }, '0s..1h since the start'],
    ['since start 1.5m..2m', { kind: 'since-start', from: 90, to: 120 }, '1m30s..2m since the start'],
    ['since start 30m..', { kind: 'since-start', from: 1800, to: null }, '30m.. since the start'],
    ['last 100 samples', { kind: 'samples', count: 100 }, 'the last 100 samples'],
    ['last 1h 30m', { kind: 'time', seconds: 5400 }, 'the last 1h30m'],
  ])('%s is read, and told', (text, window, told) => {
    expect(parseWindow(text)).toEqual(window);
    expect(describeWindow(window)).toBe(told);
  });

  it.each([
    ['often', 'expected a window such as "steps 20..100"'],
    ['steps 9..1', 'expected the smaller step first, got "steps 9..1"'],
    ['since start 2h..1h', 'expected the smaller time first, got "since start 2h..1h"'],
    ['since start soon..', 'expected a duration such as "15m" or "1h30m", got "soon"'],
    ['last 0 samples', 'expected from 1 to 10000 samples, got "last 0 samples"'],
    ['last 10001 samples', 'expected from 1 to 10000 samples, got "last 10001 samples"'],
    ['last 0s', 'expected a duration longer than nothing, got "0s"'],
    ['last 5', 'expected a duration such as "15m" or "1h30m", got "5", which has no unit'],
  ])('%s is refused', (text, message) => {
    expect(() => parseWindow(text)).toThrow(message);
  });

  it('ends where both ends are given', () => {
    const closed = ['steps 1..2', 'since start 1s..2s', 'steps 1..', 'last 5m', 'last 5 samples'].filter((text) =>
      isClosed(parseWindow(text)),
    );
    expect(closed).toEqual(['steps 1..2', 'since start 1s..2s']);
  });
});
