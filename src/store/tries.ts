import type { TryEnding, TryRecord } from './attempt-records.ts';
import type { Connection } from './connection.ts';
import { parseStored } from './failures.ts';
import type { Guard } from './guard.ts';
import type { Store } from './store.ts';

type StoredTry = Omit<TryRecord, 'degraded' | 'ending'> & { degraded: number; ending: string | null };

/** Writes an attempt inside a transaction that somebody else has begun. When it began stays as first written. */
export type PutTry = (run: number, record: TryRecord) => void;

export function preparePutTry(connection: Connection): PutTry {
  const put = connection.prepare(
    `INSERT INTO tries (run, attempt, profile, degraded, because, checkpoint, begun_at, ended_at, last_step, ending)
     VALUES (@run, @attempt, @profile, @degraded, @because, @checkpoint, @begunAt, @endedAt, @lastStep, @ending)
     ON CONFLICT (run, attempt) DO UPDATE SET profile = excluded.profile, degraded = excluded.degraded, because = excluded.because,
       checkpoint = excluded.checkpoint, ended_at = excluded.ended_at, last_step = excluded.last_step, ending = excluded.ending`,
  );
  return (run, { ending, ...record }) => {
    put.run({
      ...record,
      run,
      degraded: Number(record.degraded),
      begunAt: Math.round(record.begunAt),
      endedAt: record.endedAt === null ? null : Math.round(record.endedAt),
      ending: ending === null ? null : JSON.stringify(ending),
    });
  };
}

export function prepareTries(connection: Connection, guard: Guard, putTry: PutTry): Pick<Store, 'recordTry' | 'readTries'> {
  const read = connection.prepare<[string], StoredTry>(
    `SELECT tries.attempt, tries.profile, degraded, because, checkpoint, begun_at AS begunAt, tries.ended_at AS endedAt,
       last_step AS lastStep, ending
     FROM tries JOIN runs ON runs.number = tries.run WHERE runs.id = ? ORDER BY tries.attempt`,
  );
  return {
    recordTry: (lease, record) =>
      guard(lease, (run) => {
        putTry(run, record);
        return true;
      }),
    readTries: (run) =>
      connection
        .read(() => read.all(run))
        .map((row) => ({ ...row, degraded: row.degraded === 1, ending: readEnding(row.ending, connection.file) })),
  };
}

function readEnding(text: string | null, file: string): TryEnding | null {
  return text === null ? null : (parseStored(text, file) as TryEnding);
}
