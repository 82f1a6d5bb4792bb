import type { EngineParts } from '../engine/parts.ts';
import type { Plan } from '../engine/plan.ts';
import type { HaltWish } from '../engine/wish-halt.ts';
import { exitCodes, FleetError, messageOf, type ExitCode } from '../errors.ts';
import { isResult } from '../lifecycle/states.ts';
import type { RunDocument } from '../store/run-document.ts';
import type { RunRecord } from '../store/store.ts';
import { BaseCommand } from './base-command.ts';
import type { Context } from './context.ts';
import { driveRuns, type Move } from './drive-runs.ts';
import { renderCriteria } from './render/criteria.ts';
import { renderOutcome } from './render/outcome.ts';
import { describeReturn } from './render/run-words.ts';
import { createRunDisplay, silentDisplay } from './run-display.ts';

export interface RunsDocument {
  runs: RunDocument[];
}

/** How long a silent host is waited for by a halt before the command gives up. The wish stays, and the run stays halting. */
const haltPatienceMs = 60_000;

/** What launch, validate, resume, halt and demo share: runs are moved on, shown, and told of at the end. */
export abstract class RunCommand extends BaseCommand {
  protected async driveNew(context: Context, plans: readonly Plan[], { detach }: { detach: boolean }): Promise<RunsDocument> {
    const [{ createRun }, { driveRun }] = await Promise.all([
      import('../engine/create-run.ts'),
      import('../engine/drive-run.ts'),
    ]);
    const parts = await context.engineParts();
    for (const plan of plans) createRun(parts, plan);
    const ids = plans.map(({ run }) => run);
    const driven = await this.moveRuns(parts, ids, (run, signal) =>
      driveRun(parts, run, { signal, takeOver: false, leaveWhenRunning: detach }),
    );
    const unwatched = detach ? driven.runs.filter(({ state }) => state === 'running') : [];
    this.tell(unwatched.map(({ id }) => `nobody watches run ${id} now: fleet resume ${id} watches and judges it`));
    return driven;
  }

  protected async resumeRuns(
    context: Context,
    runs: readonly RunRecord[],
    { takeOver }: { takeOver: boolean },
  ): Promise<RunsDocument> {
    const { driveRun } = await import('../engine/drive-run.ts');
    const parts = await context.engineParts();
    const ids = runs.map(({ id }) => id);
    return this.moveRuns(parts, ids, (run, signal) => driveRun(parts, run, { signal, takeOver }));
  }

  /** Halted is what was wanted: the exit code is 0 when every run has its result. */
  protected async haltRuns(context: Context, runs: readonly RunRecord[], wish: Omit<HaltWish, 'result'>): Promise<RunsDocument> {
    const { haltRun } = await import('../engine/halt-run.ts');
    const parts = await context.engineParts();
    const ids = runs.map(({ id }) => id);
    const halted = await this.moveRuns(parts, ids, (run, signal) =>
      haltRun(parts, run, wish, { signal, patienceMs: haltPatienceMs }),
    );
    if (halted.runs.every(({ outcome }) => outcome !== null)) process.exitCode = exitCodes.done;
    return halted;
  }

  private async moveRuns(parts: EngineParts, ids: readonly string[], move: Move): Promise<RunsDocument> {
    const several = ids.length > 1;
    const display = this.jsonEnabled()
      ? silentDisplay
      : createRunDisplay({ screen: this.troubleScreen, clock: parts.clock, several }, (lines) => this.answer(lines));
    const { runs, exit, errors } = await driveRuns(parts, ids, move, display);
    const [only] = errors;
    if (!several && only !== undefined && runs.every(({ outcome }) => outcome === null)) throw only;
    for (const error of errors) this.tell(describeTrouble(error));
    for (const run of runs) this.conclude(run, exit);
    process.exitCode = exit;
    return { runs };
  }

  private conclude(run: RunDocument, exit: ExitCode): void {
    if (run.startedAt !== null) this.answer(['', ...renderCriteria(run.criteria, this.answerScreen)]);
    this.answer(renderOutcome(run, this.answerScreen));
    if (run.message !== null) this.tell([run.message]);
    if (!isResult(run.state) && (exit !== exitCodes.done || run.state === 'running')) this.tell(describeReturn(run));
  }
}

function describeTrouble(error: Error): string[] {
  return [messageOf(error), ...(error instanceof FleetError ? error.suggestions.map((suggestion) => `hint: ${suggestion}`) : [])];
}
