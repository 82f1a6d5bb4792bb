import * as Args from '@oclif/core/args';
import * as Flags from '@oclif/core/flags';
import { inventoryFlag } from '../cli/base-command.ts';
import { RunCommand, type RunsDocument } from '../cli/run-command.ts';

export default class Validate extends RunCommand {
  static override summary = 'Preflight alone: the GO / NO-GO table. Changes nothing.';
  static override examples = ['fleet validate prod-50k --host prime1'];
  static override args = {
    playbook: Args.string({ name: 'PLAYBOOK', description: 'name of a playbook, or its file', required: true }),
  };
  static override flags = {
    ...inventoryFlag,
    host: Flags.string({ summary: 'Where to look.', helpValue: 'PATTERN', required: true }),
    set: Flags.string({
      summary: 'Give a param a value; may be repeated.',
      helpValue: 'NAME=VALUE',
      multiple: true,
      multipleNonGreedy: true,
    }),
  };

  async run(): Promise<RunsDocument> {
    const { args, flags } = await this.parse(Validate);
    return this.withContext(flags, async (context) => {
      const { planRuns } = await import('../cli/plan-runs.ts');
      const plans = await planRuns(context, {
        kind: 'validate',
        playbook: args.playbook,
        host: flags.host,
        set: flags.set ?? [],
      });
      return this.driveNew(context, plans, { detach: false });
    });
  }
}
