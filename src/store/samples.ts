import type { Connection } from './connection.ts';
import { parseStored } from './failures.ts';
import type { Sample, SampleRow } from './records.ts';
import type { Store } from './store.ts';

interface Place {
  attempt: number;
  worker: number;
  source: string;
  generation: number;
}

interface StoredRow extends Place {
  position: number;
  step: number | null;
  at: number;
  columns: string;
}

/** Writes a sample inside a transaction that somebody else has begun. A row that is already there stays as it is. */
export type PutSample = (run: number, place: Place, sample: Sample) => void;

export function preparePutSample(connection: Connection): PutSample {
  const put = connection.prepare<[number, number, number, string, number, number, number | null, number, string]>(
    `INSERT INTO samples (run, attempt, worker, source, generation, position, step, at, columns) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT DO NOTHING`,
  );
  return (run, { attempt, worker, source, generation }, { position, step, at, columns }) => {
    put.run(run, attempt, worker, source, generation, position, step, Math.round(at), JSON.stringify(columns));
  };
}

const pageRows = 1000;

/** Read page by page, since a statement that is still being read would keep this connection from writing. */
export function prepareSamples(connection: Connection): Pick<Store, 'readSamples'> {
  const findRun = connection.prepare<[string], { number: number }>('SELECT number FROM runs WHERE id = ?');
  const readPage = connection.prepare<[object], StoredRow>(
    `SELECT attempt, worker, source, generation, position, step, at, columns FROM samples
     WHERE run = @run AND (attempt, worker, source, generation, position) > (@attempt, @worker, @source, @generation, @position)
       AND (@only IS NULL OR source = @only)
     ORDER BY attempt, worker, source, generation, position LIMIT ${pageRows}`,
  );

  function* readSamples(id: string, only: string | null): Generator<SampleRow> {
    const run = connection.read(() => findRun.get(id))?.number;
    if (run === undefined) return;
    let last: Omit<StoredRow, 'step' | 'at' | 'columns'> = { attempt: -1, worker: -1, source: '', generation: -1, position: -1 };
    for (;;) {
      const { attempt, worker, source, generation, position } = last;
      const page = connection.read(() => readPage.all({ run, attempt, worker, source, generation, position, only }));
      for (const row of page) yield toSample(row, connection.file);
      const end = page.at(-1);
      if (end === undefined || page.length < pageRows) return;
      last = end;
    }
  }

  return { readSamples };
}

function toSample({ attempt, worker, source, generation, position, step, at, columns }: StoredRow, file: string): SampleRow {
  return {
    attempt,
    worker,
    source,
    generation,
    position,
    step,
    at,
    columns: parseStored(columns, file) as Record<string, unknown>,
  };
}
