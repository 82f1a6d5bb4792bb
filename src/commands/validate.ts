import * as Args from '@oclif/core/args';
import * as Flags from '@oclif/core/flags';
import { inventoryFlag } from '../cli/base-command.ts';
import { decisionFlags, RunCommand, type RunsDocument, variantFlags } from '../cli/run-command.ts';

export default class Validate extends RunCommand {
  static override summary = 'Preflight alone: the GO / NO-GO table. Changes nothing.';
  static override examples = ['fleet validate prod-50k --host demo-a100x2', 'fleet validate prod-50k --host prime1 --json'];
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
    ...variantFlags,
    ...decisionFlags,
  };

  async run(): Promise<RunsDocument> {
    const { args, flags } = await this.parse(Validate);
    return this.withContext(flags, async (context) => {
      const plans = await this.planRuns(context, { kind: 'validate', playbook: args.playbook, ...flags });
      return this.driveNew(context, plans, { detach: false });
    });
  }
}
