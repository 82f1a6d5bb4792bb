import * as Args from '@oclif/core/args';
import { BaseCommand } from '../cli/base-command.ts';
import type { Context } from '../cli/context.ts';
import { exitCodeOf } from '../cli/exit-codes.ts';
import { findRun } from '../cli/find-run.ts';
import { followRun, readLastEvents, type RunNews } from '../cli/follow-run.ts';
import { listenForInterruption } from '../cli/interruption.ts';
import { stdoutClosed, writeJsonLine } from '../cli/output.ts';
import { createProgressDisplay, type ProgressDisplay } from '../cli/progress-display.ts';
import { renderEvents } from '../cli/render/events.ts';
import { renderOutcome } from '../cli/render/outcome.ts';
import { describeReturn, describeUndriven, isUndriven } from '../cli/render/run-words.ts';
import { exitCodes } from '../errors.ts';

const earlierEvents = 5;

export default class Watch extends BaseCommand {
  static override summary = 'Follow a run until it has ended.';
  static override description = 'Ctrl-C leaves; the run goes on. The exit code is that of the outcome.';
  static override examples = ['fleet watch 4f2a'];
  static override args = { run: Args.string({ name: 'RUN', description: 'id of a run, or its beginning', required: true }) };

  async run(): Promise<undefined> {
    const { args } = await this.parse(Watch);
    await this.withContext({}, (context) => this.whileTelling(context, () => this.follow(context, args.run)));
    return undefined;
  }

  private async follow(context: Context, prefix: string): Promise<void> {
    const { store, run } = await findRun(context, prefix);
    const interruption = listenForInterruption();
    const signal = AbortSignal.any([interruption.signal, stdoutClosed]);
    const display = createProgressDisplay(process.stderr, this.troubleScreen, context.clock);
    const [first] = readLastEvents(store, run.id, earlierEvents);
    let last: RunNews['run'] | null = null;
    for await (const news of followRun(store, run.id, { clock: context.clock, signal, afterId: (first?.id ?? 1) - 1 })) {
      this.show(news, last, display);
      last = news.run;
    }
    display.close();
    if (last !== null) this.conclude(last, interruption.signal.aborted);
    interruption.stop();
  }

  private show(news: RunNews, before: RunNews['run'] | null, display: ProgressDisplay): void {
    if (this.jsonEnabled()) {
      writeJsonLine({ runs: [news.run], events: news.events });
      return;
    }
    display.note(renderEvents(news.events, this.troubleScreen));
    const newlyUndriven = isUndriven(news.run) && (before === null || !isUndriven(before));
    if (newlyUndriven) display.note([describeUndriven(news.run)]);
    display.show(news.run);
  }

  private conclude(run: RunNews['run'], interrupted: boolean): void {
    if (run.outcome !== null) {
      process.exitCode = exitCodeOf(run.outcome);
      this.answer(renderOutcome(run, this.answerScreen));
    } else if (interrupted) {
      process.exitCode = exitCodes.detached;
      this.tell(describeReturn(run));
    }
  }
}
