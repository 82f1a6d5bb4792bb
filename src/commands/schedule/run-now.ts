import * as Args from '@oclif/core/args';
import { BaseCommand } from '../../cli/base-command.ts';
import { renderQueue, type QueueDocument } from '../../cli/render/queue.ts';

export default class ScheduleRunNow extends BaseCommand {
  static override summary = 'Add what a schedule says now, beside its times.';
  static override examples = ['fleet schedule run-now nightly'];
  static override args = { name: Args.string({ name: 'NAME', description: 'how it is called', required: true }) };

  async run(): Promise<QueueDocument> {
    const { args } = await this.parse(ScheduleRunNow);
    return this.withContext({}, async (context) => {
      const { runSchedule } = await import('../../cli/queue/schedules.ts');
      const entries = await runSchedule(context, args.name);
      this.answer(renderQueue({ entries }, this.answerScreen));
      return { entries };
    });
  }
}
