import type { Drive } from '../drive.ts';

/** Files go on being appended to: those of `attempt` are read from where those of the one before were read to. */
export function carryOffsets(drive: Drive, { before, attempt }: { before: number; attempt: number }): void {
  const { store } = drive.parts;
  const offsets = store.readOffsets(drive.actor.run).filter((offset) => offset.attempt === before);
  drive.must(
    store.recordOffsets(
      drive.lease,
      offsets.map((offset) => ({ ...offset, attempt })),
    ),
  );
}
