import { BaseCommand } from '../../cli/base-command.ts';
import { describeQueue, type EntryDocument } from '../../cli/queue/entry-document.ts';
import { renderQueue, type QueueDocument } from '../../cli/render/queue.ts';
import { exitCodes } from '../../errors.ts';

export default class QueueRun extends BaseCommand {
  static override summary = 'Start what can start, and drive it, until nothing can.';
  static override description =
    'What only waits for its window or for a person is left waiting: fleet daemon stays for it. Ctrl-C leaves; jobs go on. The exit code is 3 when an entry failed meanwhile.';
  static override examples = ['fleet queue run'];

  async run(): Promise<QueueDocument> {
    await this.parse(QueueRun);
    return this.withContext({}, async (context) => {
      const { runQueue } = await import('../../cli/queue/run-queue.ts');
      const begunAt = context.clock.now();
      await context.openStore();
      const driving = () =>
        runQueue(context, {
          what: 'queue run',
          tell: ({ text }) => this.tell([text]),
          stays: 'while-busy',
          adopt: false,
        });
      const isDone = await this.whileTelling(context, driving);
      const entries = describeQueue(await context.openStore(), context.clock.now(), begunAt);
      this.answer(renderQueue({ entries }, this.answerScreen));
      process.exitCode = isDone ? codeOf(entries) : exitCodes.detached;
      return { entries };
    });
  }
}

function codeOf(entries: readonly EntryDocument[]): number {
  return entries.some(({ state }) => state === 'failed') ? exitCodes.didNotSucceed : exitCodes.done;
}
