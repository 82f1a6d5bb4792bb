import { join } from 'node:path';
import * as Flags from '@oclif/core/flags';
import { findProgramRoot } from '../cli/program-root.ts';
import { RunCommand, type RunsDocument } from '../cli/run-command.ts';

export default class Demo extends RunCommand {
  static override summary = 'Launch prod-50k on a pretend machine with two A100, on this computer.';
  static override description =
    'Everything but the machine is real: SSH, the host protocol, processes that outlive this one, the store. It takes less than a minute.';
  static override examples = ['fleet demo', 'fleet demo --fault slow'];
  static override flags = {
    fault: Flags.string({
      summary: 'What goes wrong with the pretend trainer; several are separated by commas.',
      options: ['oom', 'nan', 'hang', 'slow', 'wrong-config', 'exit-early', 'partial-lines', 'ignore-halt'],
    }),
    detach: Flags.boolean({ summary: 'Start the job and leave.' }),
  };

  async run(): Promise<RunsDocument> {
    const { flags } = await this.parse(Demo);
    if (flags.fault !== undefined) process.env['PRETEND_FAULT'] = flags.fault;
    const root = findProgramRoot();
    return this.withContext({ inventory: [join(root, 'inventories/demo.yaml')] }, async (context) => {
      const { planRuns } = await import('../cli/plan-runs.ts');
      const playbook = join(root, 'playbooks/prod-50k.yaml');
      const plans = await planRuns(context, { kind: 'launch', playbook, host: 'demo-a100x2', set: [] });
      return this.driveNew(context, plans, { detach: flags.detach });
    });
  }
}
