import { join } from 'node:path';
import * as Flags from '@oclif/core/flags';
import { introduceDemo, suggestNext } from '../cli/demo-words.ts';
import { findProgramRoot } from '../cli/program-root.ts';
import { RunCommand, type RunsDocument } from '../cli/run-command.ts';

export default class Demo extends RunCommand {
  static override summary = 'Launch prod-50k on a pretend machine with two A100, on this computer.';
  static override description =
    'Everything but the machine is real: SSH, the host protocol, processes that outlive this one, the store. It takes less than a minute.';
  static override examples = ['fleet demo', 'fleet demo --fault slow', 'fleet demo --fault nan@20000,partial-lines'];
  static override flags = {
    fault: Flags.string({
      summary: 'What goes wrong with the pretend training.',
      description:
        'Several are separated by commas: oom, nan, hang, exit-early (each also from a step on, as in oom@1200), slow, wrong-config, partial-lines, print-env, ignore-halt.',
      helpValue: 'NAME',
    }),
    detach: Flags.boolean({ summary: 'Start the job and leave.' }),
  };

  async run(): Promise<RunsDocument> {
    const { flags } = await this.parse(Demo);
    const root = findProgramRoot();
    const environment = await readEnvironment(flags.fault);
    return this.withContext({ inventory: [join(root, 'inventories/demo.yaml')], environment }, async (context) => {
      const { planRuns } = await import('../cli/plan-runs.ts');
      const playbook = join(root, 'playbooks/prod-50k.yaml');
      const { plans } = await planRuns(context, { kind: 'launch', playbook, host: 'demo-a100x2' });
      if (!this.jsonEnabled()) this.tell(introduceDemo(this.troubleScreen));
      const document = await this.driveNew(context, plans, flags);
      const [run] = document.runs;
      if (!this.jsonEnabled() && run?.outcome && run.startedAt !== null) this.tell(suggestNext(programName(environment), run.id));
      return document;
    });
  }
}

async function readEnvironment(fault: string | undefined): Promise<NodeJS.ProcessEnv> {
  if (fault === undefined) return process.env;
  const { requireFaults } = await import('../cli/pretend-faults.ts');
  requireFaults(fault);
  return { ...process.env, PRETEND_FAULT: fault };
}

/** `npm run demo` works before fleet is on anybody's path. */
function programName(environment: NodeJS.ProcessEnv): string {
  return environment['npm_lifecycle_event'] === 'demo' ? 'node bin/fleet.js' : 'fleet';
}
