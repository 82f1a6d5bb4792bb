import * as Flags from '@oclif/core/flags';
import { BaseCommand } from '../../cli/base-command.ts';
import { describeQueue } from '../../cli/queue/entry-document.ts';
import { renderQueue, type QueueDocument } from '../../cli/render/queue.ts';

export default class QueueList extends BaseCommand {
  static override summary = 'Show what waits and runs, and why it waits.';
  static override description = 'In the order of the queue. Asks no host. With --all also what is over.';
  static override examples = ['fleet queue list', 'fleet queue list --all --json'];
  static override flags = {
    all: Flags.boolean({ summary: 'Also what is over.' }),
    sweep: Flags.string({ summary: 'Only entries of this sweep.', helpValue: 'NAME' }),
  };

  async run(): Promise<QueueDocument> {
    const { flags } = await this.parse(QueueList);
    return this.withContext({}, async (context) => {
      const store = await context.openStoreToLook();
      const since = flags.all ? null : Number.POSITIVE_INFINITY;
      const all = store === null ? [] : describeQueue(store, context.clock.now(), since);
      const entries = flags.sweep === undefined ? all : all.filter(({ sweep }) => sweep === flags.sweep);
      const isOther = entries.length === 0 && all.length > 0;
      this.answer(
        isOther
          ? ['no entry here is of this sweep; fleet queue list --all shows all']
          : renderQueue({ entries }, this.answerScreen),
      );
      return { entries };
    });
  }
}
