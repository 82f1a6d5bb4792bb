import type { CheckResult, Phase } from '../lifecycle/states.ts';

export interface CheckRecord {
  phase: Phase;
  /** Order inside the phase, from 0. */
  position: number;
  kind: 'check' | 'action';
  name: string;
  status: 'pending' | 'claimed' | 'settled';
  result: CheckResult | null;
  expected: string | null;
  observed: string | null;
  message: string | null;
  seconds: number | null;
  /** Of a failure that a person let pass. */
  waiver: Waiver | null;
  /** What each worker showed, where a run has several. Left out by an older fleet. */
  workers?: WorkerLook[] | null;
}

/** What one worker showed; `worker` is the position of the target in its run. */
export interface WorkerLook extends Pick<CheckRecord, 'observed' | 'message' | 'seconds'> {
  worker: number;
  result: CheckResult;
}

export type CheckSettlement = Pick<CheckRecord, 'expected' | 'observed' | 'message' | 'seconds' | 'waiver' | 'workers'> & {
  result: CheckResult;
};

/** A failure that somebody lets pass. */
export interface Waiver {
  reason: string;
  /** `user@host`. */
  by: string;
  at: number;
}

/** A host that is out of use. */
export interface Quarantine extends Waiver {
  host: string;
}

/** A look that passed, under a key that names all that must stay the same. */
export interface Remembered {
  run: string;
  expected: string | null;
  observed: string | null;
  at: number;
}
