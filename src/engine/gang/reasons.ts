import type { Reason } from '../../monitor/health.ts';
import type { Drive } from '../drive.ts';
import type { GangFinding } from './judge-gang.ts';
import { nameWorkers } from './name-workers.ts';

/** A worker whose job has failed, or has ended while others go on. */
export function reasonsOfGang({ plan: { targets } }: Drive, { failed, ended }: GangFinding): Reason[] {
  if (targets.length === 1) return [];
  const done = ended.length === targets.length ? [] : ended.filter((target) => !failed.includes(target));
  return [
    ...(failed.length === 0 ? [] : [{ color: 'red' as const, text: `${nameWorkers(targets, failed)} failed` }]),
    ...(done.length === 0 ? [] : [{ color: 'yellow' as const, text: `${nameWorkers(targets, done)} ended, and others go on` }]),
  ];
}
