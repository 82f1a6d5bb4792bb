import type { ProfileChange, ResolvedPlaybook } from '../../playbook/playbook.ts';
import type { Drive } from '../drive.ts';
import { planInProfile, type Plan } from '../plan.ts';

/** The profile that a run may fall back to from the one that it is in. Null once it has. */
export function fallbackOf({ playbook, fallback = null }: Plan): { change: ProfileChange; playbook: ResolvedPlaybook } | null {
  const change = playbook.fallback?.change ?? null;
  if (change === null || fallback === null || change.from !== playbook.profile) return null;
  return { change, playbook: fallback };
}

/** The same run as it would be in another of its profiles. */
export function inProfile(drive: Drive, playbook: ResolvedPlaybook): Drive {
  const plan = planInProfile(drive.plan, playbook.profile ?? null);
  return { ...drive, plan, environment: drive.environments.of(playbook) };
}

/** The first of the last attempts that were all in the present profile: what those before brought says nothing of it. */
export function firstAttemptInProfile(drive: Drive): number {
  const { attempt, profile } = drive.record();
  const tries = drive.parts.store.readTries(drive.actor.run).filter((one) => one.attempt < attempt);
  const other = tries.findLast((one) => one.profile !== profile);
  return other === undefined ? 0 : other.attempt + 1;
}
