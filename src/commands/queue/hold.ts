import { hold } from '../../cli/queue/change-entries.ts';
import { ChangeCommand, entryArgs } from '../../cli/queue/queue-command.ts';
import type { QueueDocument } from '../../cli/render/queue.ts';

export default class QueueHold extends ChangeCommand {
  static override summary = 'Keep entries from starting until they are released.';
  static override examples = ['fleet queue hold 4f2a'];
  static override strict = false;
  static override args = entryArgs;

  async run(): Promise<QueueDocument> {
    const { argv } = await this.parse(QueueHold);
    return this.change(argv, hold);
  }
}
