import type { Drive } from '../drive.ts';
import { keeps, readEventsOf } from '../read-events.ts';

/** The worker whose job was the first that was seen to fail, and why the others are stopped. Kept with the event that tells it. */
export interface FailedDetail {
  /** `notReady`: its job has not failed; it has not become ready in time. */
  workerFailed: { attempt: number; worker: number; because: string; notReady: boolean };
}

/** What is known of the present attempt. Null: no worker has failed. */
export function readFailed(drive: Drive): FailedDetail['workerFailed'] | null {
  const { attempt } = drive.record();
  const failures = readEventsOf(drive, 'worker-failed').flatMap(({ detail }) =>
    keeps<FailedDetail>(detail, 'workerFailed') ? [detail.workerFailed] : [],
  );
  return failures.find((failure) => failure.attempt === attempt) ?? null;
}

/** The drive of the worker whose end is the run's: of the first that failed, or of the first of all. */
export function findDecider(drive: Drive): Drive {
  if (drive.workers.length === 1) return drive;
  const recorded = drive.parts.store.readWorkers(drive.actor.run);
  const failed = readFailed(drive)?.worker ?? recorded.find(({ exitCode }) => exitCode !== null && exitCode !== 0)?.index ?? 0;
  return drive.workers[failed] ?? drive;
}
