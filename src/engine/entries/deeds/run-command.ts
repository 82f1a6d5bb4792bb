import { formatDuration } from '../../../language/units.ts';
import type { Deed, Entry } from '../../../playbook/entries/entry.ts';
import { askAuthorCommand, exportLines } from '../../../remote/author-command.ts';
import { putEnvironment } from '../../../remote/claims.ts';
import { detachedExecutor } from '../../../remote/detached/executor.ts';
import type { UnitPlace } from '../../../remote/executor.ts';
import { readTry } from '../../attempts/record-try.ts';
import { authorScript, placeLines, setupOf } from '../../author-script.ts';
import { carryUnit } from '../../carry-unit.ts';
import type { Drive } from '../../drive.ts';
import { judgeAnswer } from '../expectation.ts';
import { isUnit, questionSeconds, unitName } from '../schedule.ts';
import { timeLeft } from '../time-left.ts';
import { requireSecrets } from '../../secrets.ts';
import type { TryPlace } from './place.ts';
import type { Result } from './result.ts';

const outputBytes = 1_048_576;

type Run = Extract<Deed, { kind: 'run' }>;

/**
 * An author's command. What only looks and is quick is a question, and may be asked again. What changes something, or takes long, is a unit of
 * its own on the host: a later controller adopts it, and it is never run twice.
 */
export async function runCommand(drive: Drive, deed: Run, entry: Entry, place: TryPlace): Promise<Result> {
  if (isUnit(entry)) return adopt(drive, deed, entry, place);
  const { exitCode, stdout, stderr } = await askCommand(drive, deed.command, entry.timeoutSeconds ?? questionSeconds);
  return judge(deed, exitCode, stdout, stderr);
}

/** A quick command, with what a command of this playbook finds: its folder, setup lines and environment. */
export function askCommand(
  drive: Drive,
  command: string,
  timeoutSeconds: number,
): Promise<{ exitCode: number; stdout: Buffer; stderr: Buffer }> {
  const { playbook } = drive.plan;
  return drive.session.call(
    askAuthorCommand({
      run: drive.actor.run,
      attempt: drive.record().attempt,
      worker: drive.target.index,
      workdir: playbook.workdir,
      setup: setupOf(drive),
      command,
      environment: `${exportLines(drive.environment.variables)}${placeLines(drive)}`,
      timeoutSeconds,
    }),
  );
}

async function adopt(drive: Drive, deed: Run, entry: Entry, { phase, position, try: number }: TryPlace): Promise<Result> {
  const run = drive.actor.run;
  const { attempt } = drive.record();
  const place: UnitPlace = { attempt, worker: drive.target.index, unit: unitName({ phase, position }, number) };
  // What is done after a failure is not kept from it by what the failure has cost.
  const budgeted = phase === 'rollback' ? { ...drive.plan.playbook, budget: null, stages: [] } : drive.plan.playbook;
  const { seconds: limit, because } = timeLeft(entry, budgeted, drive.parts.store.readChecks(run));
  if (limit !== null && limit <= 0) {
    return {
      result: 'fail',
      expected: because,
      observed: 'all of it is used up',
      message: 'not begun: look at what took so long',
    };
  }
  await pushEnvironment(drive, attempt);
  const work = {
    script: authorScript(drive, deed.command),
    timeLimitSeconds: limit,
    needsEnvironment: true,
  };
  const started = await carryUnit(drive, place, work);
  if (started.kind !== 'state') return { result: 'error', expected: 'a started command', observed: started.kind, message: null };
  const { state } = started;
  if (state.word !== 'exited' || state.exitCode === null) {
    const observed =
      state.word === 'claimed' ? 'the host went down before it began, or while it did' : 'it ended without an exit status';
    return { result: 'error', expected: `exit ${deed.expect.exit}`, observed, message: 'whether it ran is for a person to say' };
  }
  if (state.verdict !== null) {
    const expected = because ?? `done within ${formatDuration(entry.expectedTimeSeconds ?? limit ?? 0)}`;
    const said = await drive.session.call(detachedExecutor.output(run, place, outputBytes));
    const isSilent = said.stdout.length === 0 && said.stderr.length === 0;
    const observed = `stopped after ${formatDuration(limit ?? 0)}${isSilent ? ', without a word' : ''}`;
    return { result: 'fail', expected, observed, message: 'it takes longer than expected: look at it by hand' };
  }
  const { stdout, stderr } = await drive.session.call(detachedExecutor.output(run, place, outputBytes));
  return judge(deed, state.exitCode, stdout, stderr);
}

/** The one file on the host that holds secrets; a file that is there stays. With it goes the checkpoint that the attempt goes on from, if any. */
export async function pushEnvironment(drive: Drive, attempt: number, limit?: AbortSignal): Promise<void> {
  requireSecrets(drive.environment);
  const checkpoint = readTry(drive)?.checkpoint ?? '';
  const variables = [...drive.environment.variables, { name: 'FLEET_CHECKPOINT', value: checkpoint }];
  await drive.session.call(putEnvironment(drive.actor, attempt, drive.target.index, exportLines(variables)), limit);
}

function judge(deed: Run, exitCode: number, stdout: Buffer, stderr: Buffer): Result {
  const { met, expected, observed } = judgeAnswer(deed.expect, {
    exitCode,
    stdout: stdout.toString(),
    stderr: stderr.toString(),
  });
  return { result: met ? 'pass' : 'fail', expected, observed, message: null, seen: stdout.toString().trimEnd() };
}
