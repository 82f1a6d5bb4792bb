import type { Outcome } from './states.ts';

/** Whether a run ended before its job, since its host was not reached or somebody else had it: nothing is known to be wrong with what was to run. */
export function cameToNothing({ outcome, startedAt }: { outcome: Outcome | null; startedAt: number | null }): boolean {
  const reason = outcome?.reason ?? null;
  if (reason === null || startedAt !== null) return false;
  return outcome?.result === 'cancelled' || reason === 'host-busy' || reason === 'quarantined';
}
