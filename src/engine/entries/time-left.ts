import { formatDuration } from '../../language/units.ts';
import type { Entry } from '../../playbook/entries/entry.ts';
import type { ResolvedPlaybook } from '../../playbook/playbook.ts';
import type { TryRecord } from '../../store/attempt-records.ts';
import type { CheckRecord } from '../../store/check-records.ts';

/** What an entry may still take; `seconds` null is no limit. */
export interface TimeLeft {
  seconds: number | null;
  /** Which limit that is, in words. */
  because: string | null;
}

/** Past twice its time, a stage is stopped and handed to a person, as an entry is. */
const overrun = 2;

/**
 * The shortest of what an entry itself, its stage and the whole budget leave. Counted is the time that checks and actions have taken, by every
 * controller of the run: not the time that nobody drove it.
 */
export function timeLeft(
  { expectedTimeSeconds, timeoutSeconds, stage }: Entry,
  playbook: Pick<ResolvedPlaybook, 'budget' | 'stages' | 'prepare' | 'validate'>,
  checks: readonly CheckRecord[],
): TimeLeft {
  const { budget, stages, prepare, validate } = playbook;
  const namesOfStage = new Set([...prepare, ...validate].filter((entry) => entry.stage === stage).map(({ name }) => name));
  const ofStage = stage === null ? undefined : stages?.find(({ name }) => name === stage);
  const limits: TimeLeft[] = [
    { seconds: timeoutSeconds, because: null },
    { seconds: expectedTimeSeconds === null ? null : overrun * expectedTimeSeconds, because: null },
    {
      seconds:
        ofStage === undefined ? null : overrun * ofStage.seconds - spentOn(checks.filter(({ name }) => namesOfStage.has(name))),
      because: ofStage === undefined ? null : `stage "${ofStage.name}" has ${formatDuration(ofStage.seconds)}`,
    },
    {
      seconds: budgetLeft(playbook, checks),
      because: budget?.seconds == null ? null : `the budget has ${formatDuration(budget.seconds)}`,
    },
  ];
  return limits.reduce((shortest, limit) =>
    limit.seconds !== null && (shortest.seconds === null || limit.seconds < shortest.seconds) ? limit : shortest,
  );
}

/** Seconds; null: there is no budget of time. `spentSeconds`: on attempts that are over. */
export function budgetLeft(
  { budget }: Pick<ResolvedPlaybook, 'budget'>,
  checks: readonly CheckRecord[],
  spentSeconds = 0,
): number | null {
  return budget?.seconds == null ? null : budget.seconds - spentOn(checks) - spentSeconds;
}

/** What the jobs of these attempts took, each by the clock of its host. */
export function spentOnTries(tries: readonly TryRecord[]): number {
  return tries.reduce((sum, { ending }) => sum + (ending?.seconds ?? 0), 0);
}

function spentOn(checks: readonly CheckRecord[]): number {
  return checks.reduce((sum, { seconds }) => sum + (seconds ?? 0), 0);
}
