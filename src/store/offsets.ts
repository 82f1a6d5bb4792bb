import type { Connection } from './connection.ts';
import type { Guard } from './guard.ts';
import type { OffsetRecord } from './records.ts';
import type { Store } from './store.ts';

type Offsets = Pick<Store, 'recordOffsets' | 'readOffsets'>;

/** Writes an offset inside a transaction that somebody else has begun. */
export type PutOffset = (run: number, offset: OffsetRecord) => void;

export function preparePutOffset(connection: Connection): PutOffset {
  const put = connection.prepare(
    `INSERT INTO offsets (run, attempt, worker, source, path, inode, head, head_bytes, read_to, generation)
     VALUES (@run, @attempt, @worker, @source, @path, @inode, @head, @headBytes, @offset, @generation)
     ON CONFLICT (run, attempt, worker, source, path) DO UPDATE SET inode = excluded.inode, head = excluded.head,
       head_bytes = excluded.head_bytes, read_to = excluded.read_to, generation = excluded.generation`,
  );
  return (run, offset) => {
    put.run({ ...offset, run });
  };
}

export function prepareOffsets(connection: Connection, guard: Guard, putOffset: PutOffset): Offsets {
  const read = connection.prepare<[string], OffsetRecord>(
    `SELECT offsets.attempt, worker, source, path, inode, head, head_bytes AS headBytes, read_to AS "offset", generation
     FROM offsets JOIN runs ON runs.number = offsets.run WHERE runs.id = ? ORDER BY offsets.attempt, worker, source, path`,
  );
  return {
    recordOffsets: (lease, offsets) =>
      guard(lease, (run) => {
        for (const offset of offsets) putOffset(run, offset);
        return true;
      }),
    readOffsets: (run) => connection.read(() => read.all(run)),
  };
}
