import * as Args from '@oclif/core/args';
import { BaseCommand } from '../base-command.ts';
import { renderExplanation, type QueueDocument } from '../render/queue.ts';
import { changeEntries, type ChangeOfEntry } from './change-entries.ts';

export const entryArgs = {
  entry: Args.string({ name: 'ENTRY', description: 'ids of entries, or their beginnings', required: true }),
};

/** What hold, release, remove and retry share: entries are changed, and told of. */
export abstract class ChangeCommand extends BaseCommand {
  protected async change(argv: unknown[], change: ChangeOfEntry): Promise<QueueDocument> {
    return this.withContext({}, async (context) => {
      const entries = await changeEntries(context, argv.map(String), change);
      this.answer(entries.flatMap((entry) => renderExplanation(entry, this.answerScreen)));
      return { entries };
    });
  }
}
