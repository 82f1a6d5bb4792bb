import { retry } from '../../cli/queue/change-entries.ts';
import { ChangeCommand, entryArgs } from '../../cli/queue/queue-command.ts';
import type { QueueDocument } from '../../cli/render/queue.ts';

export default class QueueRetry extends ChangeCommand {
  static override summary = 'Let entries wait again that have failed or were removed.';
  static override examples = ['fleet queue retry 4f2a'];
  static override strict = false;
  static override args = entryArgs;

  async run(): Promise<QueueDocument> {
    const { argv } = await this.parse(QueueRetry);
    return this.change(argv, retry);
  }
}
