import * as Args from '@oclif/core/args';
import * as Flags from '@oclif/core/flags';
import { afterSeparator, beforeSeparator } from '../../cli/arguments.ts';
import { BaseCommand } from '../../cli/base-command.ts';
import { renderSchedules, type SchedulesDocument } from '../../cli/render/schedules.ts';

export default class ScheduleAdd extends BaseCommand {
  static override summary = 'Add to the queue at the times of a cron expression.';
  static override description =
    'What stands after the lone -- is fleet queue add as it would be typed. fleet daemon sees to it. Nothing is added while what an earlier time added is not over, unless --overlap queue. Of times that were missed while nobody was there, one is made up for, or none, or all.';
  static override examples = [
    "fleet schedule add nightly --cron '0 22 * * *' --tz Europe/Berlin -- queue add trm --host tpu1 --yield-by 08:00",
  ];
  static override usage = 'schedule add NAME --cron EXPR [--tz ZONE] -- queue add ...';
  static override args = { name: Args.string({ name: 'NAME', description: 'how it is called', required: true }) };
  static override flags = {
    cron: Flags.string({ summary: 'When: minute hour day month weekday.', helpValue: 'EXPR', required: true }),
    tz: Flags.string({ summary: 'Its time zone; that of this computer when not given.', helpValue: 'ZONE' }),
    'catch-up': Flags.option({
      summary: 'What is done about times that were missed.',
      options: ['skip', 'once', 'all'] as const,
      default: 'once' as const,
    })(),
    overlap: Flags.option({
      summary: 'Whether more is added while what an earlier time added is not over.',
      options: ['skip', 'queue'] as const,
      default: 'skip' as const,
    })(),
  };

  async run(): Promise<SchedulesDocument> {
    const words = afterSeparator(this.argv);
    const { args, flags } = await this.parse(ScheduleAdd, beforeSeparator(this.argv));
    return this.withContext({}, async (context) => {
      const { addSchedule } = await import('../../cli/queue/schedules.ts');
      const { cron, tz, overlap } = flags;
      const schedule = await addSchedule(context, { name: args.name, cron, tz, overlap, catchUp: flags['catch-up'], words });
      this.answer(renderSchedules({ schedules: [schedule] }, this.answerScreen));
      return { schedules: [schedule] };
    });
  }
}
