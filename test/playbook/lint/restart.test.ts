import { describe, expect, it } from 'vitest';
import { launch, lintText } from './lint-text.ts';

const restart = (rest: string, budget = '') => lintText(`${budget}restart: { on: [killed], times: 2${rest} }\n${launch('x')}`);

describe('a restart', () => {
  it('is told when its limit by progress can never count', () => {
    expect(restart(', without-progress: 3')).toEqual([
      'restart.without-progress: after 2 restarts there is no further one: 3 attempts without progress are never counted',
    ]);
    expect(restart(', without-progress: 2')).toEqual([]);
    expect(restart('')).toEqual([]);
  });

  it('is told when its first wait uses up the budget', () => {
    const budget = 'budget: { time: 30m }\n';
    expect(restart(', delay: 30m..1h', budget)).toEqual([
      'restart.delay: the wait of 30m is no shorter than the whole budget of 30m',
    ]);
    expect(restart(', delay: 1m..1h', budget)).toEqual([]);
  });
});
