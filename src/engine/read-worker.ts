import type { WorkerRecord } from '../store/records.ts';
import type { Drive } from './drive.ts';

/** What is recorded of the worker that a drive speaks to. */
export function readWorker(drive: Drive): WorkerRecord | undefined {
  return drive.parts.store.readWorkers(drive.actor.run)[drive.target.index];
}
