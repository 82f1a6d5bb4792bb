import * as Flags from '@oclif/core/flags';
import { BaseCommand } from '../cli/base-command.ts';
import type { Context } from '../cli/context.ts';
import type { QueueWay } from '../cli/queue/run-queue.ts';
import { exitCodes, FleetError } from '../errors.ts';

type Stay = QueueWay['stays'];

export default class Daemon extends BaseCommand {
  static override summary = 'See to the queue, the schedules, and runs that nobody drives.';
  static override description =
    'One for each state folder. TERM or Ctrl-C hands over: jobs go on, and the next one takes their runs up again. It tells what it does on stderr, and in daemon.log of the state folder. fleet daemon install lets systemd start it.';
  static override examples = ['fleet daemon', 'fleet daemon --once', 'fleet daemon install'];
  static override flags = {
    once: Flags.boolean({ summary: 'End when nothing runs and nothing can start: for cron.', exclusive: ['while-needed'] }),
    'while-needed': Flags.boolean({
      summary: 'End when no run, no entry and no schedule is left: as launch --detach starts it.',
    }),
  };

  async run(): Promise<{ handedOver: boolean }> {
    const { flags } = await this.parse(Daemon);
    return this.withContext({}, async (context) => {
      const stays = flags.once ? 'while-busy' : flags['while-needed'] ? 'while-needed' : 'always';
      const isDone = stays === 'always' ? await this.seeToIt(context, stays) : await this.seeToItUnlessHeld(context, stays);
      return { handedOver: !isDone };
    });
  }

  /** That somebody else sees to the queue is no trouble to a crontab, nor to a launch that leaves. */
  private async seeToItUnlessHeld(context: Context, stays: Stay): Promise<boolean> {
    try {
      return await this.seeToIt(context, stays);
    } catch (error) {
      if (!(error instanceof FleetError) || error.code !== 'queue-held') throw error;
      this.tell([error.message]);
      return true;
    }
  }

  private async seeToIt(context: Context, stays: Stay): Promise<boolean> {
    const [{ runQueue }, { openDaemonLog }] = await Promise.all([
      import('../cli/queue/run-queue.ts'),
      import('../cli/daemon/daemon-log.ts'),
    ]);
    await context.openStore();
    const log = await openDaemonLog(context.stateDir);
    try {
      log.tell({ text: 'fleet daemon begins' });
      const driving = () =>
        runQueue(context, {
          what: 'daemon',
          tell: (line) => {
            log.tell(line);
            this.tell([line.text]);
          },
          stays,
          adopt: true,
          logger: log,
        });
      const isDone = await this.whileTelling(context, driving);
      log.tell({ text: isDone ? 'nothing is left to do' : 'fleet daemon hands over: jobs go on' });
      if (!isDone) process.exitCode = exitCodes.done;
      return isDone;
    } catch (error) {
      log.warn({}, error instanceof Error ? error.message : String(error));
      throw error;
    } finally {
      log.close();
    }
  }
}
