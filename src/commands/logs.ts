import * as Args from '@oclif/core/args';
import * as Flags from '@oclif/core/flags';
import { BaseCommand } from '../cli/base-command.ts';
import { listenForInterruption } from '../cli/interruption.ts';
import { stdoutClosed, writeBytes, writeJsonLine } from '../cli/output.ts';
import { printLog } from '../cli/print-log.ts';
import { exitCodes } from '../errors.ts';

export default class Logs extends BaseCommand {
  static override summary = "Print the log of a run's job, from its host.";
  static override examples = ['fleet logs 4f2a --tail 50', 'fleet logs 4f2a -f'];
  static override args = { run: Args.string({ name: 'RUN', description: 'id of a run, or its beginning', required: true }) };
  static override flags = {
    follow: Flags.boolean({ char: 'f', summary: 'Go on printing, until the job has ended or Ctrl-C.' }),
    tail: Flags.integer({ summary: 'Only the last N lines.', helpValue: 'N', min: 0 }),
    worker: Flags.integer({
      summary: 'Of the worker at this position in the run, from 0. Default: the first.',
      helpValue: 'N',
      min: 0,
    }),
  };

  async run(): Promise<{ lines: string[] } | undefined> {
    const { args, flags } = await this.parse(Logs);
    return this.withContext({}, async (context) => {
      const interruption = listenForInterruption();
      const signal = AbortSignal.any([interruption.signal, stdoutClosed]);
      const kept: string[] = [];
      const wish = { run: args.run, worker: flags.worker, tail: flags.tail ?? null, follow: flags.follow, signal };
      try {
        const started = await printLog(context, wish, (bytes) => this.write(bytes, flags.follow, kept));
        if (!started) this.tell(['there is no log: the job was never started']);
      } catch (error) {
        if (!signal.aborted) throw error;
        if (interruption.signal.aborted) process.exitCode = exitCodes.detached;
      } finally {
        interruption.stop();
      }
      return flags.follow ? undefined : { lines: kept };
    });
  }

  private write(bytes: Buffer, follow: boolean, kept: string[]): Promise<void> {
    if (this.jsonEnabled()) {
      const lines = bytes.toString().replace(/\n$/, '').split('\n');
      if (follow) for (const line of lines) writeJsonLine({ line });
      else for (const line of lines) kept.push(line);
      return Promise.resolve();
    }
    return writeBytes(bytes);
  }
}
