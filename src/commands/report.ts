import { writeFile } from 'node:fs/promises';
import * as Args from '@oclif/core/args';
import * as Flags from '@oclif/core/flags';
import { BaseCommand } from '../cli/base-command.ts';
import { findRun } from '../cli/find-run.ts';
import { readReport } from '../cli/report/read-report.ts';
import { renderReport } from '../cli/render/report.ts';
import { renderReportPage } from '../cli/render/report-page.ts';
import type { Report } from '../cli/report/report.ts';
import { momentOf } from '../clock.ts';
import { exitCodes, FleetError, messageOf } from '../errors.ts';

const render = {
  md: renderReport,
  html: renderReportPage,
  json: (report: Report) => [JSON.stringify(report, null, 2)],
};

export default class ReportCommand extends BaseCommand {
  static override summary = 'Write down how a run went: what was expected beside what was observed.';
  static override examples = [
    'fleet report 4f2a',
    'fleet report 4f2a --format html -o run.html',
    'fleet report 4f2a --format json',
  ];
  static override args = { run: Args.string({ name: 'RUN', description: 'id of a run, or its beginning', required: true }) };
  static override flags = {
    format: Flags.string({
      summary:
        'Markdown, a page that is one file and opens without a network, or the same as JSON. Default: by the name of the file, else md.',
      options: ['md', 'html', 'json'],
    }),
    output: Flags.string({ char: 'o', summary: 'Write to this file instead of stdout.', helpValue: 'FILE' }),
  };

  async run(): Promise<unknown> {
    const { args, flags } = await this.parse(ReportCommand);
    return this.withContext({}, async (context) => {
      const { store, run } = await findRun(context, args.run);
      const report = readReport(store, run, momentOf(context.clock));
      const lines = render[(flags.format ?? formatOf(flags.output)) as keyof typeof render](report);
      if (flags.output === undefined) this.answer(lines);
      else await save(flags.output, lines);
      return report;
    });
  }
}

/** By the name of the file, where nothing is said. */
function formatOf(file: string | undefined): keyof typeof render {
  if (file?.endsWith('.html') === true) return 'html';
  return file?.endsWith('.json') === true ? 'json' : 'md';
}

async function save(file: string, lines: string[]): Promise<void> {
  try {
    await writeFile(file, `${lines.join('\n')}\n`);
  } catch (error) {
    throw new FleetError(`${file}: cannot be written: ${messageOf(error)}`, {
      code: 'cannot-write',
      exit: exitCodes.couldNot,
      cause: error,
    });
  }
}
