import { describe, expect, it } from 'vitest';
import type { Cause } from '../../src/engine/actions/causes.ts';
import { limitActions, type Answered } from '../../src/engine/actions/limit.ts';

const minute = 60_000;
const stall: Cause = {
  name: 'stall',
  text: 'no progress',
  then: ['halt', 'notify', { run: './look', timeoutSeconds: 9 }, 'stack-dump'],
  count: 1,
};
const flag = (count: number): Cause => ({ name: 'flag "x"', text: 'x', then: ['notify'], count });
const open = (earlier: [string, Answered][] = []) => limitActions(10 * minute, new Map(earlier), 0);
const named = (answers: ReturnType<ReturnType<typeof open>['choose']>) =>
  answers.map(({ cause, round, actions }) => ({ cause: cause.name, round, actions }));

describe('what is done about a cause', () => {
  it('is done in an order that leaves somebody to ask: looks first, what ends the attempt last', () => {
    const [answer] = open().choose([stall], 0);
    expect(answer?.actions).toEqual(['stack-dump', 'notify', { run: './look', timeoutSeconds: 9 }, 'halt']);
  });

  it('is done once while the cause holds, and once more when it has ceased and come back, not within the cooldown', () => {
    const limit = open();
    expect(limit.choose([stall], 0)).toHaveLength(1);
    expect(limit.choose([stall], 20 * minute)).toEqual([]);
    expect(limit.choose([], 21 * minute)).toEqual([]);
    expect(named(limit.choose([stall], 22 * minute))).toMatchObject([{ round: 2 }]);
    expect(limit.choose([], 23 * minute)).toEqual([]);
    expect(limit.choose([stall], 24 * minute)).toEqual([]);
    expect(named(limit.choose([stall], 32 * minute))).toMatchObject([{ round: 3 }]);
  });

  it('is done again for something that is seen again, when the cooldown is over', () => {
    const limit = open();
    expect(limit.choose([flag(1)], 0)).toHaveLength(1);
    expect(limit.choose([flag(5)], minute)).toEqual([]);
    expect(limit.choose([flag(5)], 11 * minute)).toHaveLength(1);
    expect(limit.choose([flag(5)], 30 * minute)).toEqual([]);
  });

  it('does not keep one cause from being answered because another was', () => {
    const limit = open();
    expect(limit.choose([stall], 0)).toHaveLength(1);
    expect(named(limit.choose([stall, flag(1)], 1))).toMatchObject([{ cause: 'flag "x"' }]);
  });

  it('is finished, and not begun again, by the controller that comes after', () => {
    const earlier: Answered = { round: 4, agoMs: 0, count: 1, taken: ['stack-dump', 'run ./look'] };
    const limit = open([['stall', earlier]]);
    expect(named(limit.choose([stall], 0))).toEqual([{ cause: 'stall', round: 4, actions: ['notify', 'halt'] }]);
    expect(limit.choose([stall], 20 * minute)).toEqual([]);
  });

  it('is left alone by the controller that comes after, when all was done', () => {
    const limit = open([['flag "x"', { round: 1, agoMs: minute, count: 3, taken: ['notify'] }]]);
    expect(limit.choose([flag(3)], 0)).toEqual([]);
    expect(limit.choose([flag(4)], minute)).toEqual([]);
    expect(limit.choose([flag(4)], 9 * minute)).toHaveLength(1);
  });
});
