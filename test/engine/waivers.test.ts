import { describe, expect, it } from 'vitest';
import { findWaiver } from '../../src/engine/entries/waivers.ts';

const waived = (check: string) => ({ waivers: [{ check, reason: 'known', by: 'ada@desk', at: 7 }] });
const waiver = { reason: 'known', by: 'ada@desk', at: 7 };

describe('a waiver', () => {
  it('holds for its check, and for the second look at the same', () => {
    expect(findWaiver(waived('config'), { name: 'config' })).toEqual(waiver);
    expect(findWaiver(waived('config'), { name: 'config, right before the start', repeats: 'config' })).toEqual(waiver);
  });

  it('holds for no other check, whatever the names end in', () => {
    expect(findWaiver(waived('config'), { name: 'config, right before the start' })).toBeNull();
    expect(findWaiver(waived('config, right before the start'), { name: 'config, right before the start' })).toEqual(waiver);
  });
});
