import type { Card } from './cards.ts';
import type { CardUse } from '../card-use.ts';

/** What a card shows at one moment. */
export interface Reading {
  card: Card;
  uses: CardUse[];
  memoryUsedMiB: number;
  utilizationPercent: number;
  temperatureC: number;
  powerWatts: number;
  /** The card tells nothing of what it measures. */
  unreadable: boolean;
}

/** What the driver itself holds on an idle card. */
const idleMiB = 4;

export function readCards(cards: Card[], uses: CardUse[], unreadableCard: number | null, nowMs: number): Reading[] {
  return cards.map((card) => {
    const { memoryMiB, idleWatts, limitWatts } = card.model;
    const own = uses.filter((use) => use.card === card.index);
    const busy = Math.min(100, sum(own.map((use) => use.utilizationPercent)));
    // Moves a little from second to second, as a real card does.
    const sway = busy === 0 ? 0 : (Math.floor(nowMs / 1000) + card.index) % 4;
    const utilizationPercent = Math.max(0, busy - sway);
    return {
      card,
      uses: own,
      memoryUsedMiB: Math.min(memoryMiB, idleMiB + sum(own.map((use) => use.memoryMiB))),
      utilizationPercent,
      temperatureC: 33 + Math.round(utilizationPercent * 0.32),
      powerWatts: idleWatts + (limitWatts - idleWatts) * 0.009 * utilizationPercent,
      unreadable: card.index === unreadableCard,
    };
  });
}

function sum(values: number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
