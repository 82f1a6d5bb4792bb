import { remove } from '../../cli/queue/change-entries.ts';
import { ChangeCommand, entryArgs } from '../../cli/queue/queue-command.ts';
import type { QueueDocument } from '../../cli/render/queue.ts';

export default class QueueRemove extends ChangeCommand {
  static override summary = 'Take entries out of the queue that do not run.';
  static override examples = ['fleet queue remove 4f2a 9c1d'];
  static override strict = false;
  static override args = entryArgs;

  async run(): Promise<QueueDocument> {
    const { argv } = await this.parse(QueueRemove);
    return this.change(argv, remove);
  }
}
