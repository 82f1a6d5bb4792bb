import * as Args from '@oclif/core/args';
import { BaseCommand, inventoryFlag } from '../cli/base-command.ts';
import { exitCodeOfFacts, readFacts, type FactsDocument } from '../cli/read-facts.ts';
import { renderFacts } from '../cli/render/facts.ts';

export default class Facts extends BaseCommand {
  static override summary = 'Look at what hosts have: accelerators and who is on them, memory, disks, tools, clock.';
  static override description =
    'One question for each worker, side by side. What was found is stored. What is not known is shown as "-", never as 0.';
  static override examples = ['fleet facts demo-a100x2', 'fleet facts @gpu --json'];
  static override args = {
    pattern: Args.string({ name: 'PATTERN', description: 'hosts and groups: prime1, @gpu, tpu*, a,b', required: true }),
  };
  static override flags = { ...inventoryFlag };

  async run(): Promise<{ hosts: FactsDocument[] }> {
    const { args, flags } = await this.parse(Facts);
    return this.withContext(flags, async (context) => {
      const hosts = await readFacts(context, args.pattern);
      process.exitCode = exitCodeOfFacts(hosts);
      this.answer(renderFacts(hosts, this.answerScreen));
      return { hosts };
    });
  }
}
