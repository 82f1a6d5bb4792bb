import type { Plan } from '../engine/plan.ts';
import type { HaltMove, ResolvedPlaybook } from '../playbook/playbook.ts';

/** The plan with what the queue knows beside it: until when and how long it may be on the host, should nobody be there, and which runs it goes on from. */
export function planForNight(
  plan: Plan,
  { yieldsAt, seconds, runs }: { yieldsAt: number | null; seconds: number; runs: readonly string[] },
): Plan {
  return {
    ...plan,
    ...(yieldsAt === null ? {} : { yieldsAt }),
    ...(Number.isFinite(seconds) ? { secondsOfSweep: seconds } : {}),
    ...(runs.length === 0 ? {} : { goesOnFrom: [...runs].reverse() }),
  };
}

/** Whether a run can go on from the checkpoint of an earlier one: its checkpoints are known, and its command is told of them. */
export function canGoOn({ launch, monitor }: ResolvedPlaybook): boolean {
  return (monitor?.checkpoints ?? null) !== null && launch?.command.includes('FLEET_CHECKPOINT') === true;
}

/** Between the last move of a halt and the proof that nothing is left. */
const proofSeconds = 30;

/** How long a halt may take: it begins so long before the time to yield. */
export function haltSeconds({ launch }: ResolvedPlaybook): number {
  if (launch === null) return proofSeconds;
  const { graceSeconds, then } = launch.halt;
  return graceSeconds + then.reduce((sum, move) => sum + secondsOf(move), 0) + proofSeconds;
}

function secondsOf(move: HaltMove): number {
  return 'waitSeconds' in move ? move.waitSeconds : 0;
}
