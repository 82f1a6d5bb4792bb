import type { UnitState } from '../../remote/executor.ts';
import type { TryEnding } from '../../store/attempt-records.ts';
import type { Drive } from '../drive.ts';
import { decideOutcome, describeOutcome } from '../job/outcome.ts';
import { hasSentinel } from '../job/sentinel.ts';
import { readAsked } from './asked.ts';
import { beginNext } from './begin-next.ts';
import { classifyExit } from './classify.ts';
import { decideNext, type AttemptEnding } from './decide-next.ts';
import { findProgress } from './find-progress.ts';

/** The attempt is over, and all that it wrote is read. True: another one is intended, and the run is `restarting`. */
export async function followUp(drive: Drive, state: UnitState, exitCode: number): Promise<boolean> {
  const { store } = drive.parts;
  const { actor } = drive;
  const { playbook } = drive.plan;
  const tries = store.readTries(actor.run);
  const lastStep = store.readProgress(actor.run)?.step ?? null;
  const monitor = playbook.monitor;
  const sentinel = await hasSentinel(drive, state);
  const outcome = decideOutcome({
    exitCode,
    verdict: state.verdict,
    error: state.error,
    tracksProgress: monitor?.progress != null,
    lastStep,
    targetStep: monitor?.progress?.of ?? null,
    sentinel,
    environmentProved: null,
    artifactsMissing: false,
    violated: [],
  });
  const failure = classifyExit({ exitCode, verdict: state.verdict });
  const checkpoints = monitor?.checkpoints == null ? null : store.readCheckpoints(actor.run);
  const ending: AttemptEnding = {
    exitCode,
    sentinel,
    reason: outcome.result === 'failed' ? outcome.reason : null,
    failure,
    asked: readAsked(drive),
    progressed: findProgress(tries, checkpoints, lastStep),
  };
  const next = decideNext({ restart: playbook.restart ?? null }, tries, ending);
  if (next.kind === 'none') {
    if (next.why !== null) drive.tell('attempt', `no further attempt: ${next.why}`);
    return false;
  }
  const told: TryEnding = { exitCode, failure: failure?.class ?? outcome.reason, text: describeOutcome(outcome) };
  beginNext(drive, next, told);
  return true;
}
