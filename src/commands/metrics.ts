import * as Args from '@oclif/core/args';
import * as Flags from '@oclif/core/flags';
import { BaseCommand } from '../cli/base-command.ts';
import { findRun } from '../cli/find-run.ts';
import { describeSample, listColumns, type MetricRow } from '../cli/metric-rows.ts';
import { renderCsv } from '../cli/render/csv.ts';

export default class Metrics extends BaseCommand {
  static override summary = 'Print the metrics that were read of a run, as CSV.';
  static override description =
    'Rows come in the order of their files, each once. A value that was missing, NaN or infinite is empty.';
  static override examples = ['fleet metrics 4f2a --source training', 'fleet metrics 4f2a --json'];
  static override args = { run: Args.string({ name: 'RUN', description: 'id of a run, or its beginning', required: true }) };
  static override flags = { source: Flags.string({ summary: 'Only this source of metrics.', helpValue: 'NAME' }) };

  async run(): Promise<{ rows: MetricRow[] }> {
    const { args, flags } = await this.parse(Metrics);
    return this.withContext({}, async (context) => {
      const { store, run } = await findRun(context, args.run);
      const rows = Array.from(store.readSamples(run.id, flags.source ?? null), describeSample);
      if (rows.length === 0) this.tell([`no metrics of ${flags.source ?? 'this run'} have been read`]);
      else if (!this.jsonEnabled()) this.answer(renderCsv(listColumns(rows), rows));
      return { rows };
    });
  }
}
