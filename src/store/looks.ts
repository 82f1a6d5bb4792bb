import type { Connection } from './connection.ts';
import type { AddEvent } from './events.ts';
import type { Guard } from './guard.ts';
import type { PutOffset } from './offsets.ts';
import type { Batch, CriterionRecord, FlagRecord, ProgressRecord } from './records.ts';
import type { Store } from './store.ts';
import type { PutSample } from './samples.ts';
import type { PutWorkerState } from './workers.ts';

type Looks = Pick<Store, 'recordBatch' | 'readCriteria' | 'readFlags' | 'readProgress'>;

/** Writes how a run stands over all its looks, inside a transaction that somebody else has begun. */
export type PutStanding = (run: number, standing: Pick<Batch, 'criteria' | 'flags' | 'progress'>) => void;

interface Parts {
  addEvent: AddEvent;
  putOffset: PutOffset;
  putSample: PutSample;
  putWorkerState: PutWorkerState;
  putStanding: PutStanding;
}

export function preparePutStanding(connection: Connection): PutStanding {
  const putCriterion = connection.prepare(
    `INSERT INTO criteria (run, name, verdict, severity, expected, observed, message, attempt)
     VALUES (@run, @name, @verdict, @severity, @expected, @observed, @message, @attempt)
     ON CONFLICT (run, name) DO UPDATE SET verdict = excluded.verdict, severity = excluded.severity, expected = excluded.expected,
       observed = excluded.observed, message = excluded.message, attempt = excluded.attempt`,
  );
  const putFlag = connection.prepare(
    `INSERT INTO flags (run, color, text, hint, expected, count, first_at, last_at, failure)
     VALUES (@run, @color, @text, @hint, @expected, @count, @firstAt, @lastAt, @failure)
     ON CONFLICT (run, color, text, coalesce(hint, ''), expected) DO UPDATE SET count = excluded.count, first_at = excluded.first_at,
       last_at = excluded.last_at`,
  );
  const putProgress = connection.prepare(
    `INSERT INTO progress (run, step, of_steps, rate_per_second, eta_seconds) VALUES (@run, @step, @of, @ratePerSecond, @etaSeconds)
     ON CONFLICT (run) DO UPDATE SET step = excluded.step, of_steps = excluded.of_steps, rate_per_second = excluded.rate_per_second,
       eta_seconds = excluded.eta_seconds`,
  );
  return (run, { criteria, flags, progress }) => {
    for (const { name, verdict, severity, expected, observed, message, attempt = null } of criteria) {
      putCriterion.run({ run, name, verdict, severity, expected, observed, message, attempt });
    }
    for (const flag of flags) {
      const times = { firstAt: Math.round(flag.firstAt), lastAt: Math.round(flag.lastAt) };
      putFlag.run({ ...flag, ...times, run, expected: Number(flag.expected), failure: flag.failure ?? null });
    }
    if (progress !== null) putProgress.run({ ...progress, run });
  };
}

export function prepareLooks(connection: Connection, guard: Guard, parts: Parts): Looks {
  const observe = connection.prepare<[number, string, string | null, number]>(
    'UPDATE runs SET observed_at = ?, health = ?, evidence = coalesce(?, evidence) WHERE number = ?',
  );
  const readCriteria = connection.prepare<[string], CriterionRecord>(
    `SELECT name, criteria.verdict, severity, expected, observed, criteria.message, criteria.attempt
     FROM criteria JOIN runs ON runs.number = criteria.run WHERE runs.id = ? ORDER BY criteria.number`,
  );
  const readFlags = connection.prepare<[string], Omit<FlagRecord, 'expected'> & { expected: number }>(
    `SELECT color, text, hint, expected, count, first_at AS firstAt, last_at AS lastAt, failure
     FROM flags JOIN runs ON runs.number = flags.run WHERE runs.id = ? ORDER BY flags.number`,
  );
  const readProgress = connection.prepare<[string], ProgressRecord>(
    `SELECT step, of_steps AS "of", rate_per_second AS ratePerSecond, eta_seconds AS etaSeconds
     FROM progress JOIN runs ON runs.number = progress.run WHERE runs.id = ?`,
  );

  return {
    recordBatch: (lease, batch) =>
      guard(
        lease,
        (run) => {
          observe.run(Math.round(batch.observedAt), batch.health, batch.evidence ?? null, run);
          for (const state of batch.workerStates) parts.putWorkerState(run, state.worker, null, state);
          for (const offset of batch.offsets) parts.putOffset(run, offset);
          for (const { rows, ...key } of batch.samples) for (const row of rows) parts.putSample(run, key, row);
          parts.putStanding(run, batch);
          for (const event of batch.events) parts.addEvent(run, event);
          return true;
        },
        'later',
      ),
    readCriteria: (run) => connection.read(() => readCriteria.all(run)),
    readFlags: (run) => connection.read(() => readFlags.all(run)).map((row) => ({ ...row, expected: row.expected === 1 })),
    readProgress: (run) => connection.read(() => readProgress.get(run)) ?? null,
  };
}
