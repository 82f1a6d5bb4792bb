import type { RunRecord, Transition } from '../store/records.ts';
import type { Store } from '../store/store.ts';
import type { Drive } from './drive.ts';
import { fillGaps } from './older-plans.ts';
import type { Plan } from './plan.ts';
import { readPlan } from './read-plan.ts';

/**
 * What a run's own folder on the host says of it, for a store that was lost. It is kept when the machine is claimed, right before the job is
 * started, and when the run ends. No secret is in it: the plan has references, and what hosts have said was scrubbed before it was stored.
 */
export interface KeptRun {
  version: 1;
  plan: Plan;
  /** `profile`: left out by an older fleet, which had none. */
  run: Pick<RunRecord, 'attempt' | 'verdict' | 'health' | 'message' | 'createdAt' | 'startedAt'> &
    Partial<Pick<RunRecord, 'profile'>>;
  workers: ReturnType<Store['readWorkers']>;
  checks: ReturnType<Store['readChecks']>;
  criteria: ReturnType<Store['readCriteria']>;
  flags: ReturnType<Store['readFlags']>;
  progress: ReturnType<Store['readProgress']>;
  /** Left out by an older fleet. */
  tries?: ReturnType<Store['readTries']>;
  /** Where the files stood before the start. */
  offsets: ReturnType<Store['readOffsets']>;
  end: Pick<RunRecord, 'state' | 'outcome' | 'endedAt'> | null;
}

export function describeKeptRun(drive: Drive, ending: Transition | null): string {
  const { actor } = drive;
  const { store } = drive.parts;
  const { plan, attempt, profile, verdict, health, message, createdAt, startedAt } = drive.record();
  const kept: KeptRun = {
    version: 1,
    plan: readPlan(plan),
    run: {
      ...{ attempt, profile, health, createdAt, startedAt },
      verdict: ending?.verdict ?? verdict,
      message: ending?.message === undefined ? message : ending.message,
    },
    workers: store.readWorkers(actor.run),
    checks: store.readChecks(actor.run),
    criteria: store.readCriteria(actor.run),
    flags: store.readFlags(actor.run),
    progress: store.readProgress(actor.run),
    tries: store.readTries(actor.run),
    offsets: store.readOffsets(actor.run),
    end: ending === null ? null : { state: ending.to, outcome: ending.outcome ?? null, endedAt: ending.event.at },
  };
  return JSON.stringify(kept);
}

/** Null when it is of another version, of another run, or cut off. */
export function readKeptRun(text: string, run: string): KeptRun | null {
  try {
    const kept = JSON.parse(text) as Partial<KeptRun> | null;
    if (kept?.version !== 1 || kept.plan?.version !== 1 || kept.plan.run !== run) return null;
    return { ...(kept as KeptRun), plan: fillGaps(kept.plan) };
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}
