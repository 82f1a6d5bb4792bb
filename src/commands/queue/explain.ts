import { BaseCommand } from '../../cli/base-command.ts';
import { describeQueue } from '../../cli/queue/entry-document.ts';
import { findEntry } from '../../cli/queue/find-entry.ts';
import { entryArgs } from '../../cli/queue/queue-command.ts';
import { renderExplanation, type QueueDocument } from '../../cli/render/queue.ts';

export default class QueueExplain extends BaseCommand {
  static override summary = 'Say all that an entry waits for.';
  static override description =
    'A busy host with whom and until about when, the window, the entry that it follows, a quarantine, a host that was not reached. Asks no host.';
  static override examples = ['fleet queue explain 4f2a'];
  static override args = entryArgs;

  async run(): Promise<QueueDocument> {
    const { args } = await this.parse(QueueExplain);
    return this.withContext({}, async (context) => {
      const store = await context.openStore();
      const { id } = findEntry(store, args.entry);
      const entries = describeQueue(store, context.clock.now(), null).filter((entry) => entry.id === id);
      this.answer(entries.flatMap((entry) => renderExplanation(entry, this.answerScreen)));
      return { entries };
    });
  }
}
