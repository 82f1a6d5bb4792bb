import * as Args from '@oclif/core/args';
import * as Flags from '@oclif/core/flags';
import { inventoryFlag } from '../cli/base-command.ts';
import { chooseRuns, resumable } from '../cli/choose-runs.ts';
import { RunCommand, type RunsDocument } from '../cli/run-command.ts';
import { momentOf } from '../clock.ts';
import { usageError } from '../errors.ts';

export default class Resume extends RunCommand {
  static override summary = 'Take interrupted runs up again, from where they stand.';
  static override description =
    'The stored plan is walked on: what is settled is not done again, what lives is adopted. Alone, it resumes the only interrupted run. One that fleet daemon drives is shown to its end.';
  static override examples = [
    'fleet resume',
    'fleet resume 4f2a',
    'fleet resume 4f2a --take-over',
    'fleet resume --rebuild prime1',
  ];
  static override strict = false;
  static override args = { run: Args.string({ name: 'RUN', description: 'ids of runs, or their beginnings' }) };
  static override flags = {
    all: Flags.boolean({ summary: 'Every interrupted run.' }),
    answer: Flags.string({ summary: 'What a blocked run asks: started=yes or started=no.', helpValue: 'Q=V' }),
    'take-over': Flags.boolean({ summary: 'Replace a live controller.' }),
    rebuild: Flags.string({ summary: 'Put the runs that these hosts know into a store that was lost.', helpValue: 'HOST' }),
    ...inventoryFlag,
  };

  async run(): Promise<RunsDocument> {
    const { argv, flags } = await this.parse(Resume);
    const answer = readAnswer(flags.answer, argv.length);
    return this.withContext(flags, async (context) => {
      if (flags.rebuild !== undefined) {
        if (argv.length > 0 || flags.all) throw usageError('usage', '--rebuild: expected no RUN and no --all beside it');
        return this.rebuildRuns(context, flags.rebuild, { takeOver: flags['take-over'] });
      }
      const wish = { prefixes: argv.map(String), host: undefined, all: flags.all };
      const runs = await chooseRuns(context, resumable(momentOf(context.clock)), wish);
      if (runs.length > 0) return this.resumeRuns(context, runs, { takeOver: flags['take-over'], ...answer });
      this.answer(['no run is interrupted; fleet status shows every run']);
      return { runs: [] };
    });
  }
}

function readAnswer(text: string | undefined, runs: number): { started?: boolean } {
  if (text === undefined) return {};
  if (runs !== 1) throw usageError('usage', `--answer: expected one RUN that it is for, got ${runs}`);
  const [question, answer] = text.split('=');
  if (question === 'started' && (answer === 'yes' || answer === 'no')) return { started: answer === 'yes' };
  throw usageError('usage', `--answer: expected started=yes or started=no, got "${text}"`);
}
