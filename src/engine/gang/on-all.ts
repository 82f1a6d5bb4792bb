import type { Drive } from '../drive.ts';

/** Does `work` on every worker of the run side by side. One that throws does not leave the others behind: the first failure is thrown when all have ended. */
export async function onAll<T>(drive: Drive, work: (worker: Drive) => Promise<T>): Promise<T[]> {
  return allSettledOrThrow(drive.workers.map(work));
}

export async function allSettledOrThrow<T>(asked: readonly Promise<T>[]): Promise<T[]> {
  const settled = await Promise.allSettled(asked);
  return settled.map((answer) => {
    if (answer.status === 'rejected') throw answer.reason;
    return answer.value;
  });
}
