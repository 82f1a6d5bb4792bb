import * as Flags from '@oclif/core/flags';
import { BaseCommand } from '../../cli/base-command.ts';
import type { Installed } from '../../cli/daemon/install-daemon.ts';

export default class DaemonInstall extends BaseCommand {
  static override summary = 'Write a systemd user unit for the daemon, or say what to put into a crontab.';
  static override description =
    'Nothing is started: what is left to type is told. The unit works in this folder. Secrets that playbooks name go into ~/.config/fleet/daemon.env, which only you should be able to read.';
  static override examples = ['fleet daemon install', 'fleet daemon install --crontab'];
  static override flags = {
    crontab: Flags.boolean({ summary: 'A line for a crontab, though there is systemd.' }),
  };

  async run(): Promise<Installed> {
    const { flags } = await this.parse(DaemonInstall);
    return this.withContext({}, async (context) => {
      const { installDaemon } = await import('../../cli/daemon/install-daemon.ts');
      const installed = installDaemon(context, flags);
      const { kind, file, text, next } = installed;
      const head = kind === 'systemd' ? `wrote ${file ?? ''}:` : 'nothing was written; a line for your crontab:';
      this.answer([head, '', ...text.trimEnd().split('\n'), '', 'left to type:', ...next.map((line) => `  ${line}`)]);
      return installed;
    });
  }
}
