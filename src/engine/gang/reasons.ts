import type { Reason } from '../../monitor/health.ts';
import type { Drive } from '../drive.ts';
import type { GangFinding } from './judge-gang.ts';
import { nameWorker, nameWorkers } from './name-workers.ts';

/** Why the health of a run is what it is, with the worker that it is of. */
export function ofWorker({ plan: { targets } }: Drive, { target }: Drive, reason: Reason): Reason {
  return targets.length === 1 ? reason : { ...reason, text: `${nameWorker(targets, target)}: ${reason.text}` };
}

/** A worker whose job has failed, or has ended while others go on. */
export function reasonsOfGang({ plan: { targets } }: Drive, { failed, ended }: GangFinding): Reason[] {
  if (targets.length === 1) return [];
  const done = ended.length === targets.length ? [] : ended.filter((target) => !failed.includes(target));
  return [
    ...(failed.length === 0 ? [] : [{ color: 'red' as const, text: `${nameWorkers(targets, failed)} failed` }]),
    ...(done.length === 0 ? [] : [{ color: 'yellow' as const, text: `${nameWorkers(targets, done)} ended, and others go on` }]),
  ];
}
