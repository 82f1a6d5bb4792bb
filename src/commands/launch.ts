import * as Args from '@oclif/core/args';
import * as Flags from '@oclif/core/flags';
import { inventoryFlag } from '../cli/base-command.ts';
import { decisionFlags, RunCommand, type RunsDocument, variantFlags } from '../cli/run-command.ts';

export default class Launch extends RunCommand {
  static override summary = 'Prepare, validate, launch, monitor and verify a playbook on hosts, watched live.';
  static override description =
    'Ctrl-C leaves: a job that has started goes on, and the last line says how to come back; before that it cancels the run.';
  static override examples = [
    'fleet launch prod-50k --host demo-a100x2',
    'fleet launch prod-50k --host demo-a100x2 --set commit=840303b --dry-run',
    'fleet launch playbooks/prod-50k.yaml --host prime1 --detach',
    'fleet launch trm-sweep --point e1_1_baseline --host demo-tpu',
  ];
  static override args = {
    playbook: Args.string({ name: 'PLAYBOOK', description: 'name of a playbook, or its file', required: true }),
  };
  static override flags = {
    ...inventoryFlag,
    host: Flags.string({ summary: 'Where to run: one run for each host.', helpValue: 'PATTERN', required: true }),
    set: Flags.string({
      summary: 'Give a param a value; may be repeated.',
      helpValue: 'NAME=VALUE',
      multiple: true,
      multipleNonGreedy: true,
    }),
    ...variantFlags,
    detach: Flags.boolean({ summary: 'Start the job and leave: fleet daemon, started if need be, drives it from then on.' }),
    observe: Flags.boolean({ summary: 'Only tell: nothing is done about a verdict, and no job is started again.' }),
    'dry-run': Flags.boolean({ summary: 'Print what would be done, with every script. Opens no connection.' }),
    ...decisionFlags,
  };

  async run(): Promise<RunsDocument | { plans: object[] }> {
    const { args, flags } = await this.parse(Launch);
    return this.withContext(flags, async (context) => {
      const onlyShow = flags['dry-run'];
      const plans = await this.planRuns(context, { kind: 'launch', playbook: args.playbook, ...flags, onlyShow });
      if (!onlyShow) return this.driveNew(context, plans, flags);
      const { renderPlan } = await import('../cli/render/plan.ts');
      this.answer(plans.flatMap(renderPlan));
      return { plans };
    });
  }
}
