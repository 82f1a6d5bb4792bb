import { makeUuid } from './cards.ts';
import type { Card } from './cards.ts';

/** A part of a card that MIG made. */
export interface Slice {
  profile: string;
  device: number;
  uuid: string;
  memoryMiB: number;
}

/** Two halves of the card: three of its seven compute slices each. */
export function listSlices({ uuid, model }: Card): Slice[] {
  const half = model.memoryMiB / 2;
  return [0, 1].map((device) => ({
    profile: `3g.${Math.round(half / 1024)}gb`,
    device,
    uuid: makeUuid('MIG', `${uuid} ${device}`),
    memoryMiB: Math.floor(half) - 768,
  }));
}
