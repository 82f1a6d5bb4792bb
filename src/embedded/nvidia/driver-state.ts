import type { NvidiaCards } from '../machines.ts';
import type { OwnMachine } from '../own-machine.ts';
import { PretendFailure } from '../training/failure.ts';
import { listCardUses } from '../card-use.ts';
import { listCards } from './cards.ts';
import type { DriverWishes } from './faults.ts';
import { readCards } from './readings.ts';
import type { Reading } from './readings.ts';

/** All that the tool sees at one moment. */
export interface DriverState {
  driver: string;
  readings: Reading[];
  sliced: boolean;
  /** A card that fell off the bus: told in a line of its own, in front. */
  lostCard: number | null;
  nowMs: number;
}

/** What the driver of this machine knows now, with the fault that was asked for. */
export function readDriverState(
  nvidia: NvidiaCards,
  { home, pretendDir }: OwnMachine,
  { fault, driver }: DriverWishes,
  nowMs: number,
): DriverState {
  const cards = listCards(nvidia, home);
  if (fault !== null && (fault.card ?? 0) >= cards.length) {
    throw new PretendFailure(`PRETEND_SMI: expected a card from 0 to ${cards.length - 1}, got "${fault.name}@${fault.card}"`, 2);
  }
  const cardWith = (name: string) => (fault?.name === name ? (fault.card ?? Math.floor(cards.length / 2)) : null);
  return {
    driver: driver ?? nvidia.driver,
    readings: readCards(cards, listCardUses(pretendDir), cardWith('unknown'), nowMs),
    sliced: fault?.name === 'mig',
    lostCard: cardWith('lost'),
    nowMs,
  };
}
