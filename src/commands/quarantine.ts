import * as Args from '@oclif/core/args';
import * as Flags from '@oclif/core/flags';
import { BaseCommand, inventoryFlag } from '../cli/base-command.ts';
import { changeQuarantine, type QuarantineDocument } from '../cli/change-quarantine.ts';
import { renderQuarantines } from '../cli/render/quarantines.ts';
import { usageError } from '../errors.ts';

export default class Quarantine extends BaseCommand {
  static override summary = 'Take hosts out of use with a reason, or put them back.';
  static override description =
    'A launch on a host in quarantine is refused. What runs there already goes on. Who did it, when and why is recorded. Without --reason and --lift, it shows who is out of use.';
  static override examples = [
    'fleet quarantine',
    'fleet quarantine rx5600xt --reason "GPU faults on every batch, see docs/gpu_issues.md"',
    'fleet quarantine rx5600xt --lift',
  ];
  static override args = { pattern: Args.string({ name: 'HOST', description: 'hosts and groups: prime1, @gpu, tpu*, a,b' }) };
  static override flags = {
    ...inventoryFlag,
    reason: Flags.string({ summary: 'Why they are out of use.', helpValue: 'REASON' }),
    lift: Flags.boolean({ summary: 'Put them back.' }),
  };

  async run(): Promise<QuarantineDocument> {
    const { args, flags } = await this.parse(Quarantine);
    const { reason, lift } = flags;
    if (reason !== undefined && lift) throw usageError('usage', 'fleet quarantine: expected --reason or --lift, got both');
    if ((reason !== undefined || lift) && args.pattern === undefined)
      throw usageError('usage', 'fleet quarantine: expected a HOST');
    if (reason?.trim() === '') throw usageError('usage', '--reason: expected why, got nothing');
    return this.withContext(flags, async (context) => {
      const document = await changeQuarantine(
        context,
        args.pattern,
        lift ? { kind: 'lift' } : reason === undefined ? { kind: 'show' } : { kind: 'put', reason },
      );
      this.answer(renderQuarantines(document, this.answerScreen));
      return document;
    });
  }
}
