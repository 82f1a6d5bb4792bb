import { BaseCommand } from '../../cli/base-command.ts';
import { renderSchedules, type SchedulesDocument } from '../../cli/render/schedules.ts';

export default class ScheduleList extends BaseCommand {
  static override summary = 'Show the schedules and their next five times.';
  static override examples = ['fleet schedule list'];

  async run(): Promise<SchedulesDocument> {
    await this.parse(ScheduleList);
    return this.withContext({}, async (context) => {
      const { listSchedules } = await import('../../cli/queue/schedules.ts');
      const schedules = await listSchedules(context);
      this.answer(renderSchedules({ schedules }, this.answerScreen));
      return { schedules };
    });
  }
}
