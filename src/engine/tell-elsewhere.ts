import type { Drive } from './drive.ts';

/** The job's folder is another machine's, as behind a shared home: whether the run's own can be reached is not known. Told once. */
export function tellElsewhere(drive: Drive, sentence: string): void {
  const { store, clock } = drive.parts;
  const isTold = drive.record().reachability === 'unknown';
  drive.must(store.recordReachability(drive.lease, 'unknown', clock.now(), isTold ? null : drive.event('elsewhere', sentence)));
}
