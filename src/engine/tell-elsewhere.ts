import type { Drive } from './drive.ts';

/** Another machine answers at the address: whether the run's own can be reached is not known. */
export function tellElsewhere(drive: Drive, sentence: string): void {
  const { store, clock } = drive.parts;
  drive.must(store.recordReachability(drive.lease, 'unknown', clock.now(), drive.event('elsewhere', sentence)));
}
