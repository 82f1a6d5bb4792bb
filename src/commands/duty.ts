import * as Args from '@oclif/core/args';
import * as Flags from '@oclif/core/flags';
import { BaseCommand } from '../cli/base-command.ts';
import { renderDuties } from '../cli/render/duties.ts';
import { settleDuty, type DutiesDocument } from '../cli/settle-duty.ts';
import { usageError } from '../errors.ts';

export default class DutyCommand extends BaseCommand {
  static override summary = 'Show what is to be seen to in a run, or say that it was.';
  static override description =
    'A duty that a person sees to is settled here, with a note, whoever drives the run; who said it and when stays with the run.';
  static override examples = [
    'fleet duty 4f2a',
    'fleet duty 4f2a "the first epoch was looked at" --done --note "no adjustments"',
    'fleet duty 4f2a "the first epoch was looked at" --failed --note "loss is flat"',
  ];
  static override args = {
    run: Args.string({ name: 'RUN', description: 'id of a run, or its beginning', required: true }),
    name: Args.string({ name: 'DUTY', description: 'name of a duty of the playbook' }),
  };
  static override flags = {
    done: Flags.boolean({ summary: 'It was seen to, and all is well.' }),
    failed: Flags.boolean({ summary: 'It was seen to, and is not well.' }),
    note: Flags.string({ summary: 'What was seen or decided.', helpValue: 'TEXT' }),
  };

  async run(): Promise<DutiesDocument> {
    const { args, flags } = await this.parse(DutyCommand);
    const { done, failed, note = null } = flags;
    if (done && failed) throw usageError('usage', 'fleet duty: expected --done or --failed, got both');
    if (args.name === undefined && (done || failed || note !== null))
      throw usageError('usage', 'fleet duty: expected the name of a DUTY');
    if (args.name !== undefined && !done && !failed)
      throw usageError('usage', `fleet duty: expected --done or --failed for "${args.name}"`);
    const word = args.name === undefined ? null : { name: args.name, state: done ? ('met' as const) : ('failed' as const), note };
    return this.withContext({}, async (context) => {
      const document = await settleDuty(context, args.run, word);
      const lines = renderDuties(document.duties, this.answerScreen);
      this.answer(lines.length === 0 ? [`run ${document.run} has no duties`] : lines);
      return document;
    });
  }
}
