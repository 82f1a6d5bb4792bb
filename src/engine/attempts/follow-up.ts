import type { UnitState } from '../../remote/executor.ts';
import type { Drive } from '../drive.ts';
import { gatherEnding } from '../job/gather-ending.ts';
import { decideOutcome, describeOutcome } from '../job/outcome.ts';
import { readAsked } from './asked.ts';
import { beginNext } from './begin-next.ts';
import { decideNext } from './decide-next.ts';
import { findProgress } from './find-progress.ts';
import { fallbackOf } from './profiles.ts';

/** The attempt is over, and all that it wrote is read. True: another one is intended, and the run is `restarting`. */
export async function followUp(drive: Drive, state: UnitState, exitCode: number): Promise<boolean> {
  const { store } = drive.parts;
  const { playbook } = drive.plan;
  const { run } = drive.actor;
  if (drive.plan.observe === true) return false;
  const ending = await gatherEnding(drive, state, exitCode);
  const outcome = decideOutcome(ending);
  const tries = store.readTries(run);
  const checkpoints = playbook.monitor?.checkpoints == null ? null : store.readCheckpoints(run);
  const rules = { restart: playbook.restart ?? null, fallback: fallbackOf(drive.plan)?.change ?? null };
  const next = decideNext(rules, tries, {
    exitCode,
    sentinel: ending.sentinel,
    reason: outcome.result === 'failed' ? outcome.reason : null,
    failure: ending.failure,
    asked: readAsked(drive),
    endedLike: state.fallsBack,
    progressed: findProgress(tries, checkpoints, ending.lastStep),
  });
  if (next.kind === 'none') {
    if (next.why !== null) drive.tell('attempt', `no further attempt: ${next.why}`);
    return false;
  }
  const failure = ending.failure?.class ?? outcome.reason;
  const text = describeOutcome(outcome, ending.failure?.class ?? null);
  beginNext(drive, next, { exitCode, failure, text, seconds: state.ranSeconds ?? null });
  return true;
}
