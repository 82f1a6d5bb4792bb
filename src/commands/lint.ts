import * as Args from '@oclif/core/args';
import { BaseCommand, inventoryFlag } from '../cli/base-command.ts';
import { exitCodes } from '../errors.ts';
import { formatProblem, type Problem } from '../problem.ts';

export default class Lint extends BaseCommand {
  static override summary = 'Check playbooks and inventories, and tell every problem with its place.';
  static override description =
    'Without FILE, those in the usual places. Warnings and notes do not stop a launch, and leave the exit code at 0.';
  static override examples = ['fleet lint', 'fleet lint playbooks/prod-50k.yaml', 'fleet lint --json'];
  static override strict = false;
  static override args = { file: Args.string({ name: 'FILE', description: 'playbook or inventory; several are allowed' }) };
  static override flags = { ...inventoryFlag };

  async run(): Promise<{ problems: Problem[] }> {
    const { argv, flags } = await this.parse(Lint);
    return this.withContext(flags, async ({ inventories, environment }) => {
      const { lintFiles } = await import('../cli/lint-files.ts');
      const problems = lintFiles(argv as string[], { inventories, environment });
      if (problems.some((problem) => problem.severity === 'error')) process.exitCode = exitCodes.usage;
      this.answer(problems.map(formatProblem));
      return { problems };
    });
  }
}
