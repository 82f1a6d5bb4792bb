import { describe, expect, it } from 'vitest';
import { compareClocks } from '../../src/facts/machine/clock.ts';

const asked = { sentMs: 1_000_000, receivedMs: 1_012_000 };

describe('the clock of a host', () => {
  it('is compared without what the probes took: the way there and back is the uncertainty', () => {
    expect(compareClocks('1030.500000000', '1041.500000000', asked)).toEqual({ offsetSeconds: 30, uncertaintySeconds: 0.5 });
    expect(compareClocks('1000.500000000', '1011.500000000', asked)).toEqual({ offsetSeconds: 0, uncertaintySeconds: 0.5 });
  });

  it.each(['1030.%N', '1030.N', '1030'])('that tells whole seconds alone, as "%s", is in the middle of one', (begin) => {
    expect(compareClocks(begin, begin, { sentMs: 1_000_000, receivedMs: 1_000_200 })).toEqual({
      offsetSeconds: 30.4,
      uncertaintySeconds: 0.6,
    });
  });

  it.each([
    ['', ''],
    ['today', '1041.5'],
    ['date: not found', 'date: not found'],
  ])('that says "%s" and "%s" is not known', (begin, end) => {
    expect(compareClocks(begin, end, asked)).toBeNull();
  });

  it('is not known where nobody measured the answer', () => {
    expect(compareClocks('1030.500000000', '1041.500000000', null)).toBeNull();
  });
});
