import type { RestartRules } from '../../playbook/playbook.ts';

/** Seconds before the `count`-th restart, from 1: twice as long each time, up to the longest. */
export function delayBefore({ first, longest }: RestartRules['delaySeconds'], count: number): number {
  return Math.min(longest, first * 2 ** (count - 1));
}
