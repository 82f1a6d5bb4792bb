import type { CriterionVerdict } from '../../lifecycle/states.ts';
import type { Duty } from '../../playbook/playbook.ts';
import type { CheckpointRecord, DutyState } from '../../store/attempt-records.ts';

/** How the run stands. */
export interface Standing {
  /** When the job was started, and now, on one clock; milliseconds. */
  startedAt: number;
  now: number;
  step: number | null;
  criteria: readonly { name: string; verdict: CriterionVerdict }[];
  checkpoints: readonly Pick<CheckpointRecord, 'step' | 'state' | 'backUp' | 'path'>[];
  /** Nothing more will come. */
  ended: boolean;
}

export interface DutyFinding {
  state: DutyState;
  observed: string | null;
}

/**
 * Whether a duty is met, has failed, is due or still waits. What has a time limit may be met before it; what has a moment is looked at from then on.
 * What a person sees to only a person settles, also after the end.
 */
export function judgeDuty({ due, proof }: Duty, standing: Standing): DutyFinding {
  const isDue = hasCome(due, standing);
  if (!isDue && due.kind !== 'within') return { state: standing.ended ? 'missed' : 'waiting', observed: null };
  const { met, observed } = lookAt(proof, due, standing);
  if (met === true) return { state: 'met', observed };
  if (met === false && (isDue || standing.ended)) return { state: 'failed', observed };
  if (standing.ended) return { state: proof.kind === 'person' ? 'due' : 'missed', observed };
  return { state: isDue ? 'due' : 'waiting', observed };
}

function hasCome(due: Duty['due'], { startedAt, now, step, checkpoints, ended }: Standing): boolean {
  switch (due.kind) {
    case 'within':
      return now - startedAt >= due.seconds * 1000;
    case 'step':
      return step !== null && step >= due.step;
    case 'first-checkpoint':
      return checkpoints.some(isWhole);
    case 'end':
      return ended;
  }
}

/** `met` null: not to be said yet. */
function lookAt(proof: Duty['proof'], due: Duty['due'], standing: Standing): { met: boolean | null; observed: string | null } {
  switch (proof.kind) {
    case 'person':
      return { met: null, observed: null };
    case 'checkpoint': {
      const from = due.kind === 'step' ? due.step : 0;
      const ofStep = standing.checkpoints.filter(({ step }) => step === null || step >= from);
      const found = ofStep.find((checkpoint) => reaches(checkpoint, proof.what));
      if (found !== undefined) return { met: true, observed: `${found.path} is ${proof.what}` };
      const last = ofStep.at(-1);
      return { met: null, observed: last === undefined ? 'no checkpoint' : `${last.path} is ${last.state}` };
    }
    case 'criteria': {
      const verdicts = proof.criteria.map((name) => ({
        name,
        verdict: standing.criteria.find((criterion) => criterion.name === name)?.verdict ?? 'pending',
      }));
      const observed = verdicts.map(({ name, verdict }) => `${name}: ${verdict}`).join(', ');
      if (verdicts.every(({ verdict }) => verdict === 'met')) return { met: true, observed };
      return { met: verdicts.some(({ verdict }) => verdict === 'violated') ? false : null, observed };
    }
  }
}

function reaches(
  checkpoint: Standing['checkpoints'][number],
  what: Extract<Duty['proof'], { kind: 'checkpoint' }>['what'],
): boolean {
  if (!isWhole(checkpoint)) return false;
  if (what === 'loaded') return checkpoint.state === 'valid';
  return what === 'saved' || checkpoint.backUp !== null;
}

function isWhole({ state }: Pick<CheckpointRecord, 'state'>): boolean {
  return state === 'complete' || state === 'valid';
}
