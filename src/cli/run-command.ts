import * as Flags from '@oclif/core/flags';
import type { EngineParts } from '../engine/parts.ts';
import type { Plan } from '../engine/plan.ts';
import type { HaltWish } from '../engine/halt/wish-halt.ts';
import { momentOf } from '../clock.ts';
import { exitCodes, FleetError } from '../errors.ts';
import { formatProblem } from '../problem.ts';
import { isResult } from '../lifecycle/states.ts';
import { readRunDocument, type RunDocument } from '../store/run-document.ts';
import type { RunRecord } from '../store/records.ts';
import { BaseCommand } from './base-command.ts';
import type { Context } from './context.ts';
import { driveRuns, type Drivers } from './drive-runs.ts';
import { findSuccessor, mayStartDaemon, type Successor } from './daemon/start-daemon.ts';
import { exitCodeOf } from './exit-codes.ts';
import { isOnePlace } from './output.ts';
import type { PlanWish } from './plan-runs.ts';
import { changedByPrepare } from '../lifecycle/states.ts';
import { renderCriteria } from './render/criteria.ts';
import { renderOutcome } from './render/outcome.ts';
import { describeReturn, isUndriven } from './render/run-words.ts';
import { describeSuccessor, takesRunsUp } from './render/successor.ts';
import { createRunDisplay, silentDisplay, type RunDisplay } from './run-display.ts';

export interface RunsDocument {
  runs: RunDocument[];
}

export const variantFlags = {
  point: Flags.string({ summary: 'A named experiment of the playbook: its values of params.', helpValue: 'NAME' }),
  profile: Flags.string({ summary: 'The variant of the playbook; its first one when not given.', helpValue: 'PROFILE' }),
};

/** What a person decides about a launch, for the commands that plan one. */
export const decisionFlags = {
  answer: Flags.string({
    summary: 'Answer a question of the playbook; may be repeated.',
    helpValue: 'QUESTION=ANSWER',
    multiple: true,
    multipleNonGreedy: true,
  }),
  waive: Flags.string({
    summary: 'Let a check fail, and say why; may be repeated. Recorded with the run.',
    helpValue: 'CHECK=REASON',
    multiple: true,
    multipleNonGreedy: true,
  }),
  yes: Flags.boolean({ summary: 'Accept confirmations.' }),
};

interface Way extends Omit<Drivers, 'display'> {
  /** Whether the criteria are told at the end. */
  withCriteria: boolean;
  /** Whether a daemon is started for what is left. */
  startsDaemon?: boolean;
}

/** How long a silent host is waited for by a halt before the command gives up. The wish stays, and the run stays halting. */
const haltPatienceMs = 60_000;

/** What launch, validate, resume, halt and demo share: runs are moved on, shown, and told of at the end. */
export abstract class RunCommand extends BaseCommand {
  /** What is likely not meant is told before anything is started. */
  protected async planRuns(context: Context, wish: PlanWish): Promise<Plan[]> {
    const { planRuns } = await import('./plan-runs.ts');
    const { plans, warnings } = await planRuns(context, { mayAsk: !this.jsonEnabled(), ...wish });
    if (!this.jsonEnabled()) this.tell(warnings.map(formatProblem));
    return plans;
  }

  protected async driveNew(context: Context, plans: readonly Plan[], { detach }: { detach: boolean }): Promise<RunsDocument> {
    const [{ createRun }, { driveRun }] = await Promise.all([
      import('../engine/create-run.ts'),
      import('../engine/drive-run.ts'),
    ]);
    const startsDaemon = detach && mayStartDaemon(context.environment);
    const parts = await context.engineParts();
    await context.readNotifySettings();
    for (const plan of plans) createRun(parts, plan);
    const ids = plans.map(({ run }) => run);
    return this.moveRuns(context, parts, ids, {
      move: (run, options) => driveRun(parts, run, { ...options, takeOver: false, leaveWhenRunning: detach }),
      fromStart: true,
      exitCodeOf,
      withCriteria: true,
      startsDaemon,
    });
  }

  protected async resumeRuns(
    context: Context,
    runs: readonly RunRecord[],
    options: { takeOver: boolean; started?: boolean },
  ): Promise<RunsDocument> {
    const { resumeRun } = await import('./resume-run.ts');
    const parts = await context.engineParts();
    const ids = runs.map(({ id }) => id);
    return this.moveRuns(context, parts, ids, {
      move: (run, driving) => resumeRun(parts, run, { ...driving, ...options }),
      fromStart: false,
      exitCodeOf,
      withCriteria: true,
    });
  }

  /** Runs of a store that was lost, as the hosts have kept them; the active ones are taken up again. */
  protected async rebuildRuns(context: Context, pattern: string, { takeOver }: { takeOver: boolean }): Promise<RunsDocument> {
    const { rebuildStore } = await import('./rebuild-store.ts');
    const { added, lines } = await rebuildStore(context, pattern, { takeOver });
    if (!this.jsonEnabled()) this.tell(lines);
    const active = added.filter(({ state }) => !isResult(state));
    const resumed = active.length === 0 ? { runs: [] } : await this.resumeRuns(context, active, { takeOver: false });
    const { store, clock } = await context.engineParts();
    const ended = added.filter(({ state }) => isResult(state)).map((run) => readRunDocument(store, run, momentOf(clock)));
    return { runs: [...resumed.runs, ...ended] };
  }

  /** To be over is what was wanted, whatever the result. */
  protected async haltRuns(context: Context, runs: readonly RunRecord[], wish: Omit<HaltWish, 'result'>): Promise<RunsDocument> {
    const { haltRun } = await import('../engine/halt/halt-run.ts');
    const parts = await context.engineParts();
    const ids = runs.map(({ id }) => id);
    return this.moveRuns(context, parts, ids, {
      move: (run, options) => haltRun(parts, run, wish, { ...options, patienceMs: haltPatienceMs }),
      fromStart: false,
      exitCodeOf: () => exitCodes.done,
      withCriteria: false,
    });
  }

  private async moveRuns(context: Context, parts: EngineParts, ids: readonly string[], way: Way): Promise<RunsDocument> {
    const several = ids.length > 1;
    const display = this.createDisplay(parts, several);
    const driving = () => driveRuns(parts, ids, { ...way, display });
    const { runs, exit, errors } = await this.whileTelling(context, driving);
    const mayStart = way.startsDaemon === true && exit !== exitCodes.detached;
    const successor = runs.some(isLeft) ? await findSuccessor(context, { mayStart }) : null;
    for (const run of runs) {
      if (run.outcome !== null) this.tellOutcome(run, display, way);
      else if (!this.jsonEnabled() || exit === exitCodes.detached) this.tellReturn(run, display, successor);
    }
    if (successor !== null) this.tell(describeSuccessor(successor, several ? 'them' : 'it'));
    process.exitCode = exit;
    const [only] = errors;
    if (!several && only !== undefined && runs.every(({ outcome }) => outcome === null)) throw only;
    for (const error of errors) if (!display.hasSaid(error.message)) this.tell(describeTrouble(error));
    return { runs };
  }

  private createDisplay({ clock }: EngineParts, several: boolean): RunDisplay {
    if (this.jsonEnabled()) return silentDisplay;
    const answer = (lines: readonly string[]) => this.answer(lines);
    return createRunDisplay({ screen: this.troubleScreen, clock, several, together: isOnePlace(), answer });
  }

  /** The outcome with what explains it, unless that has just been said: a NO-GO by its table. */
  private tellOutcome(run: RunDocument, display: RunDisplay, { withCriteria }: Way): void {
    const { message, verdict } = run;
    const lines = message === null || display.hasSaid(message) ? [] : message.split('\n');
    const why = verdict === 'NO-GO' ? lines.filter((line) => line.startsWith(changedByPrepare)) : lines;
    const criteria = withCriteria ? renderCriteria(run.criteria, this.answerScreen) : [];
    this.answer([
      ...(criteria.length === 0 ? [] : ['', ...criteria]),
      ...renderOutcome(run, this.answerScreen),
      ...why.map((line) => `  ${line}`),
    ]);
  }

  /** How to go on with a run that has no outcome yet. */
  private tellReturn(run: RunDocument, display: RunDisplay, successor: Successor | null): void {
    const waits = run.state === 'blocked' && run.message !== null && !display.hasSaid(run.message) ? [run.message] : [];
    // A lease that could not be given back, on a full disk, is still this process's.
    const controller = run.controller?.pid === process.pid ? null : run.controller;
    this.tell([...waits, ...describeReturn({ ...run, controller }, successor !== null && takesRunsUp(successor))]);
  }
}

/** Its job goes on, and no controller is there for it. */
function isLeft(run: RunDocument): boolean {
  return isUndriven(run) && run.startedAt !== null && run.state !== 'blocked';
}

function describeTrouble(error: Error): string[] {
  return [error.message, ...(error instanceof FleetError ? error.suggestions.map((suggestion) => `hint: ${suggestion}`) : [])];
}
