import * as Args from '@oclif/core/args';
import { BaseCommand, inventoryFlag } from '../cli/base-command.ts';
import { readFacts, type WorkerFacts } from '../cli/read-facts.ts';
import { renderFacts } from '../cli/render/facts.ts';

export default class Facts extends BaseCommand {
  static override summary = 'What hosts really have: accelerators, memory, disk, python, tools, clock.';
  static override description =
    'One question to each worker, side by side. Every probe has a time limit of its own. What is not known is said so, and is null in JSON. The answers are kept in the store.';
  static override examples = ['fleet facts prime1', 'fleet facts @gpu', "fleet facts 'tpu*' --json"];
  static override args = {
    pattern: Args.string({ name: 'PATTERN', description: 'hosts and groups: prime1, @gpu, tpu*, a,b', required: true }),
  };
  static override flags = { ...inventoryFlag };

  async run(): Promise<{ hosts: WorkerFacts[] }> {
    const { args, flags } = await this.parse(Facts);
    return this.withContext(flags, async (context) => {
      const { hosts, exit } = await readFacts(context, args.pattern);
      process.exitCode = exit;
      this.answer(renderFacts(hosts, this.answerScreen));
      return { hosts };
    });
  }
}
