import * as Args from '@oclif/core/args';
import * as Flags from '@oclif/core/flags';
import { chooseRuns, resumable } from '../cli/choose-runs.ts';
import { RunCommand, type RunsDocument } from '../cli/run-command.ts';
import { momentOf } from '../clock.ts';
import { notYet } from '../errors.ts';

export default class Resume extends RunCommand {
  static override summary = 'Take interrupted runs up again, from where they stand.';
  static override description =
    'The stored plan is walked on: what is settled is not done again, what lives is adopted. Alone, it resumes the only interrupted run.';
  static override examples = ['fleet resume', 'fleet resume 4f2a', 'fleet resume 4f2a --take-over'];
  static override strict = false;
  static override args = { run: Args.string({ name: 'RUN', description: 'ids of runs, or their beginnings' }) };
  static override flags = {
    all: Flags.boolean({ summary: 'Every interrupted run.' }),
    'take-over': Flags.boolean({ summary: 'Replace a live controller.' }),
    rebuild: Flags.string({ hidden: true }),
  };

  async run(): Promise<RunsDocument> {
    const { argv, flags } = await this.parse(Resume);
    if (flags.rebuild !== undefined) throw notYet('fleet resume --rebuild');
    return this.withContext({}, async (context) => {
      const wish = { prefixes: argv.map(String), host: undefined, all: flags.all };
      const runs = await chooseRuns(context, resumable(momentOf(context.clock)), wish);
      if (runs.length > 0) return this.resumeRuns(context, runs, { takeOver: flags['take-over'] });
      this.answer(['no run is interrupted; fleet status shows every run']);
      return { runs: [] };
    });
  }
}
