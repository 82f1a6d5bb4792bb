import * as Args from '@oclif/core/args';
import { BaseCommand } from '../../cli/base-command.ts';
import { renderSchedules, type SchedulesDocument } from '../../cli/render/schedules.ts';

export default class ScheduleRemove extends BaseCommand {
  static override summary = 'End a schedule. What it has added stays in the queue.';
  static override examples = ['fleet schedule remove nightly'];
  static override args = { name: Args.string({ name: 'NAME', description: 'how it is called', required: true }) };

  async run(): Promise<SchedulesDocument> {
    const { args } = await this.parse(ScheduleRemove);
    return this.withContext({}, async (context) => {
      const { listSchedules, removeSchedule } = await import('../../cli/queue/schedules.ts');
      await removeSchedule(context, args.name);
      const schedules = await listSchedules(context);
      this.answer(renderSchedules({ schedules }, this.answerScreen));
      return { schedules };
    });
  }
}
