import { BaseCommand } from '../../cli/base-command.ts';
import { addArgs, addFlags } from '../../cli/queue/add-flags.ts';
import type { QueueDocument } from '../../cli/render/queue.ts';

export default class QueueAdd extends BaseCommand {
  static override summary = 'Let a playbook wait for its hosts, its window and its turn.';
  static override description =
    'Everything is planned now, so that what is wrong is told now. fleet daemon, or fleet queue run, starts what can start. --window says when it may start, --yield-by when it must have left the host.';
  static override examples = [
    'fleet queue add prod-50k --host demo-a100x2',
    'fleet queue add trm --host tpu1 --matrix lr=0.1,0.01 --matrix seed=1,2,3',
    'fleet queue add trm --host tpu1 --window 22:00-02:00 --yield-by 08:00 --tz Europe/Berlin',
    'fleet queue add eval --host tpu1 --after 4f2a:any',
  ];
  static override args = addArgs;
  static override flags = addFlags;

  async run(): Promise<QueueDocument> {
    const { args, flags } = await this.parse(QueueAdd);
    return this.withContext(flags, async (context) => {
      const [{ addEntries }, { describeQueue }, { renderQueue }] = await Promise.all([
        import('../../cli/queue/add-entries.ts'),
        import('../../cli/queue/entry-document.ts'),
        import('../../cli/render/queue.ts'),
      ]);
      const { ids, notices } = await addEntries(context, { ...flags, playbook: args.playbook });
      const queue = describeQueue(await context.openStore(), context.clock.now(), Number.POSITIVE_INFINITY);
      const entries = queue.filter(({ id }) => ids.includes(id));
      if (!this.jsonEnabled()) this.tell(notices);
      this.answer(renderQueue({ entries }, this.answerScreen));
      return { entries };
    });
  }
}
