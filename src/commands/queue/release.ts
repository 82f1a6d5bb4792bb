import { release } from '../../cli/queue/change-entries.ts';
import { ChangeCommand, entryArgs } from '../../cli/queue/queue-command.ts';
import type { QueueDocument } from '../../cli/render/queue.ts';

export default class QueueRelease extends ChangeCommand {
  static override summary = 'Let entries go that were held.';
  static override examples = ['fleet queue release 4f2a'];
  static override strict = false;
  static override args = entryArgs;

  async run(): Promise<QueueDocument> {
    const { argv } = await this.parse(QueueRelease);
    return this.change(argv, release);
  }
}
