import * as Flags from '@oclif/core/flags';
import { BaseCommand } from '../../cli/base-command.ts';
import { parseMetricName, readResults, type Results } from '../../cli/queue/read-results.ts';
import { renderResults, renderResultsCsv } from '../../cli/render/results.ts';

export default class QueueResults extends BaseCommand {
  static override summary = 'Compare what came of the entries: the best by a metric first.';
  static override description =
    'Over all runs of an entry, also those that had to yield. Without --sweep, every entry. --csv and --json are for other programs.';
  static override examples = [
    'fleet queue results --metric training.loss --mode min',
    'fleet queue results --sweep tn_sweep --metric eval.accuracy --mode max --csv >results.csv',
  ];
  static override flags = {
    sweep: Flags.string({ summary: 'Only entries of this sweep.', helpValue: 'NAME' }),
    metric: Flags.string({ summary: 'What they are compared by.', helpValue: 'SOURCE.COLUMN' }),
    mode: Flags.option({ summary: 'What is better.', options: ['min', 'max'] as const, default: 'min' as const })(),
    csv: Flags.boolean({ summary: 'As CSV, each param a column.' }),
  };

  async run(): Promise<Results> {
    const { flags } = await this.parse(QueueResults);
    const { sweep, mode, csv } = flags;
    const metric = flags.metric === undefined ? null : parseMetricName(flags.metric);
    return this.withContext({}, async (context) => {
      const store = await context.openStore();
      const entries = store.listEntries(null).filter((entry) => sweep === undefined || entry.sweep === sweep);
      const results = readResults(store, entries, metric, mode);
      this.answer(csv ? renderResultsCsv(results) : renderResults(results, this.answerScreen));
      return results;
    });
  }
}
