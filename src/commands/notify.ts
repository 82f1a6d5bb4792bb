import * as Args from '@oclif/core/args';
import { BaseCommand } from '../cli/base-command.ts';
import type { Context } from '../cli/context.ts';
import type { OutboxDocument, TestDocument } from '../cli/notify.ts';
import { usageError } from '../errors.ts';

export default class Notify extends BaseCommand {
  static override summary = 'Show who is told what happens, and what waits to be sent; or try it.';
  static override description =
    'What is told to whom stands in ~/.config/fleet/notify.yaml. "test" sends a message to one channel, or to all of them.';
  static override examples = ['fleet notify', 'fleet notify test', 'fleet notify test phone'];
  static override args = {
    action: Args.string({ name: 'ACTION', description: 'list or test', options: ['list', 'test'], default: 'list' }),
    channel: Args.string({ name: 'CHANNEL', description: 'a channel to be tried; all of them when not given' }),
  };

  async run(): Promise<OutboxDocument | TestDocument> {
    const { args } = await this.parse(Notify);
    if (args.action === 'test') return this.withContext({}, (context) => this.test(context, args.channel));
    if (args.channel !== undefined) throw usageError('usage', `expected no CHANNEL after "list", got "${args.channel}"`);
    return this.withContext({}, (context) => this.list(context));
  }

  private async list(context: Context): Promise<OutboxDocument> {
    const [{ readOutbox }, { renderOutbox }] = await Promise.all([import('../cli/notify.ts'), import('../cli/render/outbox.ts')]);
    const document = await readOutbox(context);
    this.answer(renderOutbox(document, this.answerScreen));
    return document;
  }

  private async test(context: Context, channel: string | undefined): Promise<TestDocument> {
    const { testChannels } = await import('../cli/notify.ts');
    const { tests, exit } = await testChannels(context, channel);
    this.answer(tests.map(({ channel: name, reason }) => `${name}: ${reason === null ? 'sent' : `not sent: ${reason}`}`));
    process.exitCode = exit;
    return { tests };
  }
}
