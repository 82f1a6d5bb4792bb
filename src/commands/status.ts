import * as Args from '@oclif/core/args';
import * as Flags from '@oclif/core/flags';
import { BaseCommand, inventoryFlag } from '../cli/base-command.ts';
import type { Context } from '../cli/context.ts';
import { listenForInterruption } from '../cli/interruption.ts';
import { stdoutClosed, writeJsonLine } from '../cli/output.ts';
import { isOver, readStatus, type Status, type StatusQuestion } from '../cli/read-status.ts';
import { renderStatus } from '../cli/render/status.ts';
import { exitCodes, notYet } from '../errors.ts';

const pollMs = 1000;

export default class StatusCommand extends BaseCommand {
  static override summary = 'Show every run, or all that is known of one.';
  static override description =
    'Asks no host: shown is what fleet has stored, and how old it is. Without --all, the active runs and those that ended in the last 24 hours.';
  static override examples = ['fleet status', 'fleet status 4f2a --json', 'fleet status --host @gpu --all'];
  static override args = { run: Args.string({ name: 'RUN', description: 'id of a run, or its beginning' }) };
  static override flags = {
    ...inventoryFlag,
    host: Flags.string({ summary: 'Only runs on these hosts.', helpValue: 'PATTERN' }),
    all: Flags.boolean({ summary: 'Also runs that ended longer ago.' }),
    refresh: Flags.boolean({ summary: 'Ask the hosts first.', hidden: true }),
    watch: Flags.boolean({ summary: 'Go on showing what changes, until Ctrl-C or until RUN has ended.' }),
  };

  async run(): Promise<Omit<Status, 'events' | 'bestMode'> | undefined> {
    const { args, flags } = await this.parse(StatusCommand);
    if (flags.refresh) throw notYet('fleet status --refresh', ['fleet status']);
    const question = { run: args.run, host: flags.host, all: flags.all };
    return this.withContext(flags, async (context) => {
      if (flags.watch) return this.watch(context, question);
      const status = await readStatus(context, question);
      this.answer(this.render(status, question, context));
      return documentOf(status);
    });
  }

  private async watch(context: Context, question: StatusQuestion): Promise<undefined> {
    const interruption = listenForInterruption();
    const stopped = AbortSignal.any([interruption.signal, stdoutClosed]);
    let shown = '';
    while (!stopped.aborted) {
      const status = await readStatus(context, question);
      const text = JSON.stringify([
        status.runs,
        status.events,
        status.stateDisk?.full,
        status.queue?.waiting,
        status.queue?.daemon?.pid,
      ]);
      if (text !== shown) this.show(status, question, context);
      shown = text;
      if (question.run !== undefined && isOver(status)) break;
      await context.clock.wait(pollMs, stopped);
    }
    if (interruption.signal.aborted) process.exitCode = exitCodes.detached;
    interruption.stop();
    return undefined;
  }

  private show(status: Status, question: StatusQuestion, context: Context): void {
    if (this.jsonEnabled()) writeJsonLine(documentOf(status));
    else this.answer([...this.clearedScreen(), ...this.render(status, question, context), '']);
  }

  private render(status: Status, question: StatusQuestion, context: Context): string[] {
    const options = { one: question.run !== undefined, all: question.all };
    return renderStatus(status, options, this.answerScreen, context.clock.now());
  }

  private clearedScreen(): string[] {
    return process.stdout.isTTY ? ['\u001b[2J\u001b[H'] : [];
  }
}

function documentOf({ runs, stateDisk, queue }: Status): Omit<Status, 'events' | 'bestMode'> {
  return { runs, stateDisk, queue };
}
