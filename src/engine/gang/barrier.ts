import type { Drive } from '../drive.ts';
import { gangOf } from './gang-of.ts';

/** What came of something that all workers must do before the run goes on. */
export interface Barrier<T> {
  /** In the order of the workers. */
  answers: { worker: Drive; answer: T }[];
  /** Those that did not come in time. */
  missing: Drive[];
}

class TooLate extends Error {}

/**
 * Lets each of `workers` do the same side by side, and waits for all of them: of a run on several workers no longer than its gang allows, of any other
 * for as long as it takes.
 */
export async function meetAll<T>(
  drive: Drive,
  workers: readonly Drive[],
  work: (worker: Drive, limit?: AbortSignal) => Promise<T>,
): Promise<Barrier<T>> {
  if (drive.workers.length === 1) {
    return { answers: await Promise.all(workers.map(async (worker) => ({ worker, answer: await work(worker) }))), missing: [] };
  }
  const { withinSeconds } = gangOf(drive.plan);
  const limit = new AbortController();
  const over = new AbortController();
  const until = AbortSignal.any([drive.signal, over.signal]);
  const late = new TooLate();
  const tooLate = drive.parts.clock.wait(withinSeconds * 1000, until).then((): never | undefined => {
    if (until.aborted) return undefined;
    limit.abort(late);
    throw late;
  });
  try {
    const settled = await Promise.allSettled(
      workers.map(async (worker) => ({ worker, answer: await orTooLate(work(worker, limit.signal), tooLate) })),
    );
    const missing: Drive[] = [];
    const answers = settled.flatMap((one, index) => {
      if (one.status === 'fulfilled') return [one.value];
      const worker = workers[index];
      if (one.reason !== late || worker === undefined) throw one.reason;
      missing.push(worker);
      return [];
    });
    return { answers, missing };
  } finally {
    over.abort();
  }
}

/** What `work` comes to, unless it is too late before. */
async function orTooLate<T>(work: Promise<T>, tooLate: Promise<undefined>): Promise<T> {
  const first = await Promise.race([work.then((answer) => ({ answer })), tooLate]);
  return first === undefined ? work : first.answer;
}
